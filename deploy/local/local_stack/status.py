"""`make status`: each process with address, health and memory, for people and for programs."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil
from servicekit.testing.process import Probe

from local_stack import record
from local_stack.checkout import Checkout
from local_stack.reach import problem_at

_COLOURS = {"ready": "green", "external": "green", "starting": "yellow", "importing": "yellow", "restarting": "yellow"}


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """`memory` is the resident set in bytes, with child processes; `health` is `ready`, a state, or `down`."""

    address: str
    pid: int | None
    health: str
    detail: str | None
    memory: int | None
    restarts: int


def collect(checkout: Checkout) -> dict[str, Any]:
    """Everything `status` knows, as JSON: `running`, `gateway`, `processes` by name, addresses of the servers."""
    known = record.supervisor(checkout)
    if known is None:
        return {"running": False, "gateway": None, "processes": {}}
    run = record.read(checkout)
    with ThreadPoolExecutor(max_workers=16) as pool:
        found = dict(pool.map(_process, run["processes"].items()))
        others = {name: url for name, url in run["addresses"].items() if name not in found}
        found |= dict(pool.map(_external, others.items()))
    addresses = run["addresses"]
    return {
        "running": True,
        "phase": run["phase"],
        "message": run["message"],
        "gateway": run["gateway"],
        "supervisor": {"pid": known.pid, "memory": _memory(known.pid, children=False)},
        **{name: addresses.get(name) for name in ("nats", "mongo", "opensearch", "oidc", "smtp", "repos")},
        "mails": run["pages"].get("E-Mails"),
        "secrets": str(checkout.secrets_file),
        "logs": str(checkout.logs),
        "processes": {name: asdict(status) for name, status in found.items()},
    }


def _process(item: tuple[str, Mapping[str, Any]]) -> tuple[str, ProcessStatus]:
    name, entry = item
    known = record.Known.read(entry)
    alive = known is not None and known.process() is not None
    problem = Probe(entry["probe"]).problem() if alive else None
    health = entry["state"] if not alive or entry["state"] != "ready" else ("ready" if problem is None else "not ready")
    if not alive and entry["state"] == "ready":
        health = "down"
    pid = known.pid if alive and known is not None else None
    memory = _memory(pid) if pid is not None else None
    return name, ProcessStatus(entry["address"], pid, health, problem, memory, entry["restarts"])


def _external(item: tuple[str, str]) -> tuple[str, ProcessStatus]:
    name, url = item
    problem = problem_at(url)
    return name, ProcessStatus(url, None, "external" if problem is None else "down", problem, None, 0)


def _memory(pid: int, *, children: bool = True) -> int | None:
    try:
        process = psutil.Process(pid)
        family = [process, *(process.children(recursive=True) if children else [])]
        return sum(int(each.memory_info().rss) for each in family)
    except psutil.Error:
        return None


def show(status: Mapping[str, Any], checkout: Checkout) -> None:
    """The same as a table."""
    from rich.console import Console  # noqa: PLC0415 -- programs that ask for JSON need not wait for it
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    if not status["running"]:
        console.print(f"Nothing runs here ({checkout.directory}). Start it with: make run", highlight=False)
        return
    rows = [("process", "health", "pid", "memory", "restarts", "address")]
    total = 0
    for name, entry in status["processes"].items():
        total += entry["memory"] or 0
        memory, restarts = _megabytes(entry["memory"]), str(entry["restarts"] or "")
        address = _without_password(entry["address"])
        rows.append((name, entry["health"], str(entry["pid"] or ""), memory, restarts, address))
    boss = status["supervisor"]
    rows.append(("supervisor", status["phase"], str(boss["pid"]), _megabytes(boss["memory"]), "", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for name, health, pid, memory, restarts, address in rows:
        line = Text(f"{name:<{widths[0]}}  ")
        line.append(f"{health:<{widths[1]}}", _COLOURS.get(health, "" if name == "process" else "red"))
        line.append(f"  {pid:>{widths[2]}}  {memory:>{widths[3]}}  {restarts:>{widths[4]}}  {address}")
        console.print(line, soft_wrap=True)
    for name, entry in status["processes"].items():
        if entry["detail"]:
            console.print(f"{name}: {entry['detail']}", highlight=False, markup=False)
    console.print(f"\nTogether {_megabytes(total + (boss['memory'] or 0))}. Open {status['gateway']}", highlight=False)
    if status["message"]:
        console.print(status["message"], highlight=False, markup=False)


def _megabytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1e6:.0f} MB"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":…@") if parts.password else url
