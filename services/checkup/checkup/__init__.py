"""The Lösungs-Checkup: measures repositories in five dimensions, with evidence, coverage and a versioned rubric."""
