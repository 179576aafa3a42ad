"""Measurements of the system's own figures, each beside what it is compared with, in the same run."""
