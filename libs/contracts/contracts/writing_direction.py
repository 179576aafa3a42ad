"""Characters that turn the direction of writing beyond the text that they are in (UAX 9 of Unicode)."""

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates. In a name they turn what stands beside it; plain marks of direction do not."""
