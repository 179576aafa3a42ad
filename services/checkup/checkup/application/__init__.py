"""Use cases of the checkup."""
