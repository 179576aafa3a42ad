"""The HTTP API of the checkup."""
