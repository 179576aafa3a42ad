"""Which log lines reach the terminal, and how log files are kept short."""

import io
from pathlib import Path

import pytest
from local_stack.output import Console, LogFile, is_warning, last_lines


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-21T21:03:10.1Z [warning  ] nats disconnected    [servicekit.broker]",
        "2026-11-21T21:03:10.1Z [error    ] delivery failed",
        "[7715] 2026/11/21 21:03:10.1 [WRN] Filestore [S] Stream state encountered internal inconsistency",
        "[7715] 2026/11/21 21:03:10.1 [ERR] no space left on device",
        '{"level": "warn","ts":1795296036.3,"msg":"dial"}',
        "ERROR:    Application startup failed. Exiting.",
        "2026-11-21 21:03:09,294 WARNING secantus.server: slow",
        "Traceback (most recent call last):",
        "panic: runtime error",
    ],
)
def test_warnings_of_all_our_servers_are_recognised(line: str) -> None:
    assert is_warning(line)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-21T21:03:10.1Z [info     ] provisioned   streams=5",
        "[7715] 2026/11/21 21:03:10.1 [INF] Server is ready",
        '{"url":"http://127.0.0.1:45113","pid":7718}',
        "found no errors",
    ],
)
def test_other_lines_are_not(line: str) -> None:
    assert not is_warning(line)


def test_only_warnings_and_what_continues_them_reach_the_terminal() -> None:
    terminal = io.StringIO()
    console = Console(None, stream=terminal)
    for line in ("[info ] fine", "Traceback (most recent call last):", '  File "x.py"', "[info ] fine", "  indented"):
        console.line_of("catalog", line)
    assert terminal.getvalue().splitlines() == [
        "   catalog | Traceback (most recent call last):",
        '   catalog |   File "x.py"',
    ]


def test_verbose_shows_everything() -> None:
    terminal = io.StringIO()
    Console(None, verbose=True, stream=terminal).line_of("web", "[info ] fine")
    assert terminal.getvalue() == "       web | [info ] fine\n"


def test_one_that_shows_too_much_is_silenced_and_that_is_told_once() -> None:
    terminal = io.StringIO()
    console = Console(None, stream=terminal)
    for number in range(1000):
        console.line_of("notify", f"[warning  ] mail {number} not sent")
    console.line_of("catalog", "[warning  ] something else")
    lines = terminal.getvalue().splitlines()
    assert len(lines) < 50
    assert lines[-2:] == [
        "    notify | … there is more: make logs S=notify",
        "   catalog | [warning  ] something else",
    ]


def test_a_log_is_rotated_and_few_old_ones_are_kept(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "a.log", max_bytes=50, keep=2)
    for number in range(40):
        log.write(f"line number {number:04d}".encode())
    log.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.log", "a.log.1", "a.log.2"]
    assert last_lines(tmp_path / "a.log", 1) == ["line number 0039"]
