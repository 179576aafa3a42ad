"""Use cases of what people say about a solution."""
