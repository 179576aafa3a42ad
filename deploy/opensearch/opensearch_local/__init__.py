"""A real OpenSearch on this machine without Docker, from Maven artifacts: provision, start, stop."""
