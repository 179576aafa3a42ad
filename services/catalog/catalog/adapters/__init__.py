"""How the catalog keeps things: MongoDB repositories."""
