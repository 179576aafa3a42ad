"""Tests up to some pages of one origin with axe-core, in a world of its own that scripts of the page cannot reach."""

import asyncio
import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.async_api import BrowserContext, CDPSession, Error, Page, Response
from playwright.async_api import TimeoutError as TookTooLong

from checkup.domain.demo import Audit, Link, Rule
from checkup.domain.demo import Page as Tested

OPEN_SECONDS = 12
LOAD_SECONDS = 6
QUIET_SECONDS = 2
TEST_SECONDS = 15
MOST_HOSTS = 200
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LEGAL = ("impressum", "imprint", "datenschutz", "privacy", "barrierefrei", "accessibility", "legal", "agb", "terms")
LEAVING = ("logout", "abmelden", "signout", "sign-out", "delete", "loeschen", "unsubscribe")
NO_PAGE = (".pdf", ".zip", ".png", ".jpg", ".jpeg", ".svg", ".gif", ".csv", ".xml", ".json", ".ics", ".docx", ".odt",
           ".mp4", ".exe", ".gz", ".txt")  # fmt: skip

# The impact of a rule as released, so that a kept rule weighs what a broken one weighs; only axe's inner list has it.
TEST = """
axe.run(document, {runOnly: %s, resultTypes: ['violations'], iframes: false}).then(found => {
  const impact = new Map(axe._audit.rules.map(rule => [rule.id, rule.impact]));
  const of = (rule, passed) => ({
    id: rule.id, impact: impact.get(rule.id) || 'minor', help: rule.help, passed,
    count: passed ? 0 : rule.nodes.length,
    selectors: passed ? [] : rule.nodes.slice(0, 3).map(node => node.target.flat().join(' ').slice(0, 120)),
  });
  const broken = new Set(found.violations.map(rule => rule.id));
  return {
    rules: [...found.violations.map(rule => of(rule, false)),
            ...found.passes.filter(rule => !broken.has(rule.id)).map(rule => of(rule, true))],
    undecided: found.incomplete.length,
    version: found.testEngine.version,
  };
})
"""
LINKS = """
[...document.querySelectorAll('a[href]')].slice(0, 500).map(link => ({
  text: (link.innerText || link.getAttribute('aria-label') || '').trim().slice(0, 120),
  href: String(link.href).slice(0, 500),
}))
"""


class Stuck(Exception):
    """A page keeps the browser busy: nothing more can be asked of it."""


class Auditor:
    """Goes through the pages; `audit` holds what was found so far, whenever it is stopped."""

    def __init__(self, context: BrowserContext, axe: Path, most: int) -> None:
        self._context, self._most = context, most
        locale = (axe / "locales" / "de.json").read_text(encoding="utf-8")
        self._axe = f"{(axe / 'axe.min.js').read_text(encoding='utf-8')};\naxe.configure({{locale: {locale}}});"
        self.pages: list[Tested] = []
        self.faults: list[str] = []
        self.links: list[Link] = []
        self.hosts: set[str] = set()
        self.tools: dict[str, str] = {}
        context.on("request", lambda request: self._count(request.url))

    @property
    def audit(self) -> Audit:
        hosts = tuple(sorted(self.hosts))[:MOST_HOSTS]
        return Audit(tuple(self.pages), tuple(self.faults), tuple(self.links), hosts, tools=self.tools)

    def _count(self, url: str) -> None:
        split = urlsplit(url)
        if split.scheme in ("http", "https") and split.hostname and len(self.hosts) < MOST_HOSTS:
            self.hosts.add(split.hostname)

    async def visit(self, start: str) -> None:
        """Test the start page and pages of its origin that it links to, in their order, legal texts last."""
        page = await self._context.new_page()
        self._context.on("page", lambda popup: asyncio.ensure_future(popup.close()))
        own = urlsplit(start).hostname or ""
        seen: set[str] = set()
        waiting = [start]
        while waiting and len(self.pages) + len(self.faults) < self._most:
            url = waiting.pop(0)
            try:
                links = await self._test(page, url, seen)
            except Stuck:
                self.faults.append(f"{_path(url)}: Die Seite beschäftigt den Browser ohne Ende.")
                return
            self.links += links
            self.hosts.discard(own)
            if url == start:
                waiting = following(page.url, links)

    async def _test(self, page: Page, url: str, seen: set[str]) -> list[Link]:
        try:
            response = await page.goto(url, wait_until="commit", timeout=OPEN_SECONDS * 1000)
        except TookTooLong:
            self.faults.append(f"{_path(url)}: Die Seite kam nach {OPEN_SECONDS} Sekunden nicht.")
            return []
        except Error as error:
            if "Download is starting" not in error.message:
                self.faults.append(f"{_path(url)}: Die Seite ließ sich nicht öffnen ({reason_of(error)}).")
            return []
        if fault := _fault(response):
            self.faults.append(f"{_path(url)}: {fault}")
            return []
        for state, seconds in (("load", LOAD_SECONDS), ("networkidle", QUIET_SECONDS)):
            with contextlib.suppress(TookTooLong):
                await page.wait_for_load_state(state, timeout=seconds * 1000)  # type: ignore[arg-type]
        path = _path(page.url)
        if path in seen:
            return []
        seen.add(path)
        try:
            async with asyncio.timeout(TEST_SECONDS):
                found, links = await self._ask(page)
        except TimeoutError as error:
            raise Stuck from error
        except Error as error:
            self.faults.append(f"{path}: Die Prüfung brach ab ({reason_of(error)}).")
            return []
        self.tools["axe-core"] = found["version"]
        rules = tuple(Rule(**{**rule, "selectors": tuple(rule["selectors"])}) for rule in found["rules"])
        self.pages.append(Tested(path, tuple(sorted(rules, key=lambda rule: rule.id)), found["undecided"]))
        return [Link(**link) for link in links]

    async def _ask(self, page: Page) -> tuple[Any, Any]:
        session = await self._context.new_cdp_session(page)
        frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        world = await session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "checkup"})
        context = world["executionContextId"]
        await _evaluate(session, context, self._axe)
        found = await _evaluate(session, context, TEST % json.dumps(TAGS))
        links = await _evaluate(session, context, LINKS)
        await session.detach()
        return found, links


async def _evaluate(session: CDPSession, context: int, expression: str) -> Any:
    said = await session.send(
        "Runtime.evaluate",
        {"expression": expression, "contextId": context, "awaitPromise": True, "returnByValue": True},
    )
    if "exceptionDetails" in said:
        raise Error(str(said["exceptionDetails"].get("exception", {}).get("description", "script error"))[:200])
    return said["result"].get("value")


def following(start: str, links: Iterable[Link]) -> list[str]:
    """Pages of the same origin that are worth a look: each path once, in their order, legal texts last."""
    origin = urlsplit(start)
    found: dict[str, str] = {}
    for link in links:
        url = urlsplit(urljoin(start, link.href))
        lower = url.path.lower()
        if (url.scheme, url.netloc) != (origin.scheme, origin.netloc) or lower.endswith(NO_PAGE):
            continue
        if (url.path or "/") == (origin.path or "/") or any(word in lower for word in LEAVING):
            continue
        found.setdefault(url.path, url._replace(fragment="").geturl())
    return sorted(found.values(), key=lambda url: any(word in url.lower() for word in LEGAL))


def _fault(response: Response | None) -> str | None:
    if response is None:
        return "Es kam keine Antwort."
    if response.status >= 400:
        return f"Die Seite antwortet mit HTTP {response.status}."
    kind = response.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    return None if kind in ("text/html", "application/xhtml+xml") else "Das ist keine Seite, sondern eine Datei."


def _path(url: str) -> str:
    return (urlsplit(url).path or "/")[:200]


def reason_of(error: Error) -> str:
    """The shortest that Playwright says of it, such as `net::ERR_FAILED`."""
    first = error.message.splitlines()[0] if error.message else "unknown"
    return next((word for word in first.split() if word.startswith("net::")), first)[:80]
