"""The catalog's HTTP API."""
