"""What tests of the checkup build on: repositories of every kind, made in milliseconds."""
