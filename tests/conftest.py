"""What all tests share: fixtures with the real servers, what runs when side by side, and a summary by kind of test."""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import structlog

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

pytest_plugins = ["servicekit.testing.plugin"]

OUTCOMES = ("passed", "failed", "error", "skipped")
SLOWEST_KINDS = ("e2e", "integration")
MOST_PROCESSES = 4


@pytest.fixture(autouse=True, scope="module")
def logging_of_its_own() -> Iterator[None]:
    """What a file's tests set up for the logs of this process ends with them."""
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**configured)
    structlog.contextvars.clear_contextvars()


def pytest_configure() -> None:
    """Show exceptions as the services do: structlog's default shows every variable, which can take half a minute."""
    *others, _ = structlog.get_config()["processors"]
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, renderer])


def _kind(nodeid: str) -> str:
    parts = nodeid.split("/")
    return parts[1] if parts[0] == "tests" and len(parts) > 2 else ""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: many tests wait for servers, and somebody else can use that time."""
    return min((os.cpu_count() or 1) + 1, MOST_PROCESSES)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadFileScheduling | None":
    """Give each process whole files (`--dist loadfile`), and all end-to-end tests to one: they share a system."""
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415 -- only there when tests run side by side

    class Files(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            kind = _kind(nodeid)
            return kind if kind == "e2e" else str(super()._split_scope(nodeid))

    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # the order is that of the collection, see below
    return Files(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side, begin with the kinds whose files take long: short ones at the end leave no process alone."""
    if hasattr(config, "workerinput"):
        turns = {kind: turn for turn, kind in enumerate(SLOWEST_KINDS)}
        items.sort(key=lambda item: turns.get(_kind(item.nodeid), len(turns)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how each kind of test went: unit, contract, integration, e2e, ..."""
    kinds: dict[str, Counter[str]] = {}
    for outcome in OUTCOMES:
        for report in terminalreporter.stats.get(outcome, []):
            if kind := _kind(str(getattr(report, "nodeid", ""))):
                kinds.setdefault(kind, Counter())[outcome] += 1
    if len(kinds) > 1:
        terminalreporter.section("summary by kind")
        for kind, counted in kinds.items():
            told = ", ".join(f"{counted[outcome]} {outcome}" for outcome in OUTCOMES if counted[outcome])
            terminalreporter.write_line(f"{kind:<12} {told}")
