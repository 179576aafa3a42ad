"""Demonstration data: generated git repositories and the import of the demo listings."""
