"""Forms: reading what was typed, saying what is wrong with it."""
