"""What all tests share: the fixtures with the real servers."""

pytest_plugins = ["servicekit.testing.plugin"]
