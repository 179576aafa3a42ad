"""A provider stands by its listing with one button, also without scripts and on a narrow screen."""

import re
import secrets

import pytest
from servicekit.testing import wait

from .conftest import Visitor, Window
from .test_story import fill_in_listing, judge, open_case

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def publish(provider: Visitor, reviewer: Visitor, name: str) -> str:
    """Take a new solution online; return the path of the provider's page."""
    await provider.go("/meine-loesungen/neu")
    await fill_in_listing(provider, name)
    await provider.page.click("button[value=einreichen]")
    await provider.page.wait_for_url(re.compile(r"/meine-loesungen/[0-9a-f-]{36}$"))
    path = provider.page.url.removeprefix(provider.stack)
    await open_case(reviewer, name)
    await judge(reviewer, {})
    await reviewer.page.click("button[value=freigeben]")
    await reviewer.page.wait_for_selector("text=Freigegeben. Die Lösung wird veröffentlicht.")

    async def online() -> bool:
        await provider.go(path)
        return await provider.page.locator("#aktualitaet").count() > 0

    await wait.until(online, timeout=60, message=f"{name} online")
    return path


async def test_the_provider_confirms_its_listing(window: Window) -> None:
    provider, reviewer = await window("demo-provider"), await window("demo-reviewer")
    path = await publish(provider, reviewer, f"Bestätigungslotse {secrets.token_hex(3)}")
    narrow = await window("demo-provider", width=320, javascript=False)
    for person in (provider, narrow):
        await person.go(path)
        assert "gelten bis zum" in await person.text("section[aria-labelledby=aktualitaet]")
        await person.page.get_by_role("button", name="Angaben sind aktuell").click()
        await person.page.wait_for_selector("text=Danke. Die Angaben gelten bis zum")
        assert await person.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert person.complaints == []
