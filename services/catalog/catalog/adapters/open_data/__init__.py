"""The files of the open data, written while the solutions are read."""
