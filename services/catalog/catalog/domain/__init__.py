"""The catalog's rules: pure functions from a state and a command to a new state and what happened."""
