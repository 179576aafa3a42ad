"""Opens the pages of a demo in Chromium and tests them with axe-core; run in a confined child."""
