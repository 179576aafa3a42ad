"""`marktplatz-local` as `make` calls it, while nothing runs."""

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest
from servicekit.testing.process import installed


def command(directory: Path, *arguments: str, answer: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [installed("marktplatz-local"), *arguments],
        env={**os.environ, "MARKTPLATZ_LOCAL_DIR": str(directory), "COLUMNS": "200"},
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_status_says_that_nothing_runs(tmp_path: Path) -> None:
    done = command(tmp_path, "status")
    assert (done.returncode, done.stdout) == (3, f"Nothing runs here ({tmp_path}). Start it with: make run\n")


def test_status_for_programs_says_so_too(tmp_path: Path) -> None:
    done = command(tmp_path, "status", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout) == {"running": False, "gateway": None, "processes": {}}


def test_stop_says_that_nothing_was_running(tmp_path: Path) -> None:
    done = command(tmp_path, "stop")
    assert (done.returncode, done.stdout) == (0, "Nothing was running.\n")


def test_reset_asks_and_deletes_only_after_a_yes(tmp_path: Path) -> None:
    kept = tmp_path / "local" / "state.json"
    kept.parent.mkdir()
    kept.write_text("{}")
    assert command(kept.parent, "reset", answer="n\n").returncode == 1
    assert kept.exists()
    assert command(kept.parent, "reset", answer="y\n").returncode == 0
    assert not kept.parent.exists()
    assert command(kept.parent, "reset", "--force").stdout == "There is no local data.\n"


def test_logs_of_an_unknown_process_names_the_known_ones(tmp_path: Path) -> None:
    assert command(tmp_path, "logs").stdout == "There are no logs yet. Start with: make run\n"
    (tmp_path / "logs").mkdir()
    for name in ("catalog", "nats"):
        (tmp_path / "logs" / f"{name}.log").write_text(f"first of {name}\nlast of {name}\n")
    done = command(tmp_path, "logs", "katalog")
    assert (done.returncode, done.stderr) == (
        1,
        "There is no log of katalog. make logs S=… with one of: catalog, nats\n",
    )
    assert command(tmp_path, "logs", "nats", "--no-follow").stdout == "first of nats\nlast of nats\n"


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    done = command(tmp_path, "run", "--port", port)
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert not (tmp_path / "run.json").exists()


def test_a_port_that_is_taken_ends_the_start_with_a_hint(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command(tmp_path, "run", "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert "make run PORT=8090" in done.stderr
