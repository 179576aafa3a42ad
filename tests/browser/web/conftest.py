"""A real browser in front of a running system; whatever is missing is a reason to skip, said out loud."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from servicekit.testing.servers import SmtpServer
from servicekit.testing.stack import Stack

FLAGS = ["--no-sandbox", "--disable-background-networking"]
WIDTHS = (1280, 320)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Debian's Chromium; CHROMIUM names another one."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("there is no chromium (Debian: apt-get install chromium)")
    return Path(found)


@pytest.fixture(scope="session")
def system(chromium: Path) -> Iterator[dict[str, Any]]:
    """Addresses of a system with the demo listings, as `make status JSON=1` tells them: `gateway`, `mails` and others.

    It is the one of MARKTPLATZ_GATEWAY (and MARKTPLATZ_MAILS), else one of our own.
    """
    if address := os.environ.get("MARKTPLATZ_GATEWAY"):
        yield {"gateway": address.rstrip("/"), "mails": os.environ.get("MARKTPLATZ_MAILS")}
        return
    with tempfile.TemporaryDirectory(prefix="marktplatz-browser-", ignore_cleanup_errors=True) as directory:
        own = Stack(Path(directory))
        try:
            own.start()
            yield own.status()
        finally:
            own.stop()


@pytest.fixture(scope="session")
def stack(system: dict[str, Any]) -> str:
    """Address of the gateway."""
    return str(system["gateway"])


@pytest.fixture(scope="session")
def mails(system: dict[str, Any]) -> SmtpServer:
    """What the system sent by e-mail."""
    if not system["mails"]:
        pytest.skip("MARKTPLATZ_MAILS does not say where the mails of that system lie")
    return SmtpServer("", str(system["mails"]))


@pytest.fixture(scope="session")
async def browser(stack: str, chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


class Visitor:
    """Somebody at a browser window: their page, and what the browser complained about."""

    def __init__(self, page: Page, stack: str) -> None:
        self.page = page
        self.stack = stack
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)

    async def go(self, path: str) -> None:
        """Open a page of the marketplace."""
        await self.page.goto(self.stack + path)

    async def log_in(self, user: str) -> None:
        """Log in at the development provider, as one of the demo users or as anybody else."""
        await self.go("/anmelden?weiter=/ueber")
        await self.identify(user)
        await self.page.wait_for_url(self.stack + "/ueber")
        self.complaints.clear()  # the provider's own page asks for a style sheet from elsewhere

    async def identify(self, user: str) -> None:
        """Say who one is on the page of the development provider that is shown."""
        known = self.page.locator(f"button[value='{user}']")
        if await known.count():
            await known.click()
        else:
            await self.page.fill("input[name=sub]", user)
            await self.page.click("button:has-text('Authorize')")

    async def text(self, selector: str = "main") -> str:
        """The visible text of a part of the page."""
        return await self.page.inner_text(selector)


class Window:
    """Opens browser windows, each with its own cookies."""

    def __init__(self, browser: Browser, stack: str) -> None:
        self._browser = browser
        self._stack = stack
        self._contexts: list[BrowserContext] = []

    async def __call__(self, user: str | None = None, *, width: int = 1280, javascript: bool = True) -> Visitor:
        context = await self._browser.new_context(
            viewport={"width": width, "height": 900}, locale="de-DE", java_script_enabled=javascript
        )
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        visitor = Visitor(await context.new_page(), self._stack)
        if user:
            await visitor.log_in(user)
        return visitor

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


@pytest.fixture
async def window(browser: Browser, stack: str) -> AsyncIterator[Window]:
    window = Window(browser, stack)
    yield window
    await window.close()
