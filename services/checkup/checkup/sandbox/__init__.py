"""Confines child processes; `launch.py` runs before anything of the child and uses the standard library only."""
