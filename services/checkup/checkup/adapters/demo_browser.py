"""Has a confined child open the pages of a demo in Chromium, with no way out but the filtering proxy."""

import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from pydantic import TypeAdapter, ValidationError
from servicekit import logging
from servicekit.addresses import Origin

from checkup.adapters import confined
from checkup.adapters.confined import Limits, Outcome
from checkup.adapters.filtering_proxy import FilteringProxy
from checkup.adapters.git_fetch import disk_usage
from checkup.adapters.work_folder import leased
from checkup.analysis.repository import printable
from checkup.browser.order import Order, axe_folder
from checkup.domain.demo import Audit, Link, Page, Rule

log = logging.get(__name__)

_AUDIT: TypeAdapter[Audit] = TypeAdapter(Audit)
SPARE_SECONDS = 20  # for starting the browser and ending
MOST_DISK = 200_000_000
MOST_OUTPUT = 5_000_000
LONGEST_TEXT = 200
HERE = "/proc/self/cwd"  # the addresses of Chromium's sockets must be short, names of folders need not be


@dataclass(frozen=True, slots=True)
class BrowserLimits:
    """`seconds` for all pages, `pages` at most, bytes of private memory of all processes, bytes over the network."""

    seconds: float = 60
    pages: int = 5
    memory_bytes: int = 1_000_000_000
    network_bytes: int = 50_000_000
    sandboxed: bool = True


class DemoBrowser:
    """Chromium and axe-core, if the machine has them."""

    def __init__(self, chromium: Path | None, folder: Path, limits: BrowserLimits, allowed: frozenset[Origin]) -> None:
        self._chromium, self._folder, self._limits, self._allowed = chromium, folder, limits, allowed

    async def audit(self, url: str) -> Audit:
        """Test the page and some that it links to. What cannot be is a reason, never an exception."""
        axe = axe_folder()
        if self._chromium is None or not self._chromium.is_file():
            return Audit(reason="Auf diesem Rechner gibt es keinen Browser für die Prüfung (Chromium).")
        if axe is None:
            return Audit(reason="Auf diesem Rechner fehlt axe-core für die Prüfung.")
        proxy = FilteringProxy(self._allowed, self._limits.network_bytes)
        order = Order(url, str(self._chromium), str(axe), "proxy", self._limits.seconds, self._limits.pages,
                      self._limits.sandboxed)  # fmt: skip
        async with leased(self._folder) as place, proxy.listening(place / "proxy"):
            outcome = await self._run(order, place, proxy)
        return self._told(outcome, proxy, url)

    async def _run(self, order: Order, place: Path, proxy: FilteringProxy) -> Outcome:
        return await confined.run(
            [sys.executable, "-I", "-m", "checkup.browser", json.dumps(asdict(order))],
            limits=Limits(memory=None, cpu=int(order.seconds + SPARE_SECONDS) * 2, file_bytes=MOST_DISK, files=4096,
                          isolation=order.sandboxed,
                          loopback=True),
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC",
                         "HOME": str(place), "TMPDIR": HERE, "DBUS_SESSION_BUS_ADDRESS": "disabled:"},
            directory=place,
            seconds=order.seconds + SPARE_SECONDS,
            most_output=MOST_OUTPUT,
            watch=lambda pid: _limit_reached(pid, place, proxy, self._limits),
        )  # fmt: skip

    def _told(self, outcome: Outcome, proxy: FilteringProxy, url: str) -> Audit:
        log.info("demo audited", host=urlsplit(url).hostname, code=outcome.code, stopped_by=outcome.stopped_by,
                 bytes=proxy.passed, connections=proxy.connections, refused=sorted(proxy.refused)[:10],
                 errors=outcome.errors[-500:] if outcome.code else "")  # fmt: skip
        try:
            audit = _AUDIT.validate_json(outcome.output)
        except ValidationError:
            stopped_by = "isolation" if outcome.code == confined.NO_ISOLATION else outcome.stopped_by
            return Audit(reason=_words(stopped_by, self._limits))
        faults = audit.faults
        if proxy.full:
            faults = (*faults, _words("network", self._limits))
        return replace(
            audit,
            pages=tuple(_cleaned(page) for page in audit.pages),
            faults=tuple(printable(fault) for fault in faults),
            links=tuple(Link(printable(link.text, 120), printable(link.href, 500)) for link in audit.links),
            hosts=tuple(printable(host, 100) for host in audit.hosts),
        )


def _limit_reached(pid: int, place: Path, proxy: FilteringProxy, limits: BrowserLimits) -> str | None:
    if private_bytes(pid) > limits.memory_bytes:
        return "memory"
    return "disk" if disk_usage(place) > MOST_DISK else None


def private_bytes(pid: int) -> int:
    """Memory that a process and its descendants share with nobody; those that end meanwhile do not count."""
    total = 0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in family:
        try:
            memory = process.memory_info()
        except psutil.NoSuchProcess:
            continue
        total += max(memory.rss - memory.shared, 0)
    return total


def _words(stopped_by: str | None, limits: BrowserLimits) -> str:
    return {
        "time": f"Die Prüfung der Demo wurde nach {limits.seconds:.0f} Sekunden abgebrochen.",
        "memory": f"Die Demo braucht im Browser mehr als {limits.memory_bytes // 1_000_000} MB Speicher.",
        "isolation": "Die Demo wurde nicht geöffnet: Hier lässt sich der Browser nicht vom Netz abschotten.",
        "disk": "Die Demo legt im Browser zu viele Daten ab.",
        "network": f"Die Demo lädt mehr als {limits.network_bytes // 1_000_000} MB; der Rest wurde nicht geladen.",
    }.get(stopped_by or "", "Die Prüfung der Demo im Browser ist gescheitert.")


def _cleaned(page: Page) -> Page:
    return replace(page, path=printable(page.path, LONGEST_TEXT), rules=tuple(_clean_rule(rule) for rule in page.rules))


def _clean_rule(rule: Rule) -> Rule:
    return Rule(
        id=printable(rule.id, 60),
        impact=printable(rule.impact, 20),
        help=printable(rule.help, LONGEST_TEXT),
        passed=rule.passed,
        count=rule.count,
        selectors=tuple(printable(selector, 120) for selector in rule.selectors[:3]),
    )
