"""Pure rules of the checkup: measurements, rubric, scoring, and the run they belong to."""
