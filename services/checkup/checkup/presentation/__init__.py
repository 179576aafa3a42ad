"""Results as people and other programs read them: badge, terminal, HTML page, SARIF."""
