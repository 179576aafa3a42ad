"""A package, so that its tests can share what is stopped after the last of them."""
