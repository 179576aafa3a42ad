"""What all tests share: the fixtures with the real servers, and a closing summary by kind of test."""

from collections import Counter

import pytest

pytest_plugins = ["servicekit.testing.plugin"]

OUTCOMES = ("passed", "failed", "error", "skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how each kind of test went: unit, contract, integration, e2e, ..."""
    kinds: dict[str, Counter[str]] = {}
    for outcome in OUTCOMES:
        for report in terminalreporter.stats.get(outcome, []):
            parts = str(getattr(report, "nodeid", "")).split("/")
            if parts[0] == "tests" and len(parts) > 2:
                kinds.setdefault(parts[1], Counter())[outcome] += 1
    if len(kinds) > 1:
        terminalreporter.section("summary by kind")
        for kind, counted in kinds.items():
            told = ", ".join(f"{counted[outcome]} {outcome}" for outcome in OUTCOMES if counted[outcome])
            terminalreporter.write_line(f"{kind:<12} {told}")
