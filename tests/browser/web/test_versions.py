"""Versions of a solution in a browser: a draft that saves itself, two windows at once, comparing, bringing back."""

import re
import secrets

import pytest

from .conftest import WIDTHS, Window
from .faults import faults_of
from .steps import fill_in_listing, publish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SAVED = "[data-autosave-status]:has-text('Gespeichert um')"
LATER = "Jetzt mit einem **Kalender** für alle."


async def test_a_draft_saves_itself_and_two_windows_lose_nothing(window: Window) -> None:
    first = await window("demo-provider")
    page = first.page
    await first.go("/meine-loesungen/neu")
    await fill_in_listing(first, f"Selbstsichernd {secrets.token_hex(3)}")
    await page.click("button[value=speichern]")
    await page.wait_for_url(re.compile(r"/meine-loesungen/[0-9a-f-]{36}$"))
    second = await window("demo-provider")
    await second.page.goto(page.url)

    await page.fill("main [name=summary]", "Von selbst gesichert.")
    await page.wait_for_selector(SAVED)
    await page.reload()
    assert await page.input_value("main [name=summary]") == "Von selbst gesichert."

    await second.page.fill("main [name=summary]", "Im anderen Fenster getippt.")
    await second.page.wait_for_selector("[data-autosave-status]:has-text('Nicht gespeichert')")
    second.complaints.clear()  # Chromium reports the 412 itself
    await second.page.click("button[value=speichern]")
    await second.page.wait_for_selector("text=Der Entwurf wurde inzwischen an anderer Stelle geändert")
    conflict = await second.text("main dl.mp-changes")
    assert "Von selbst gesichert." in conflict
    assert "Im anderen Fenster getippt." in conflict
    assert await faults_of(second.page) == []
    await second.page.check("[name=gespeichert][value=summary]")
    await second.page.click("button[value=speichern]")
    await second.page.wait_for_selector("text=Der Entwurf ist gespeichert.")
    assert await second.page.input_value("main [name=summary]") == "Von selbst gesichert."
    assert first.complaints == []


async def test_versions_are_compared_and_a_former_one_comes_back(window: Window) -> None:
    name = f"Fassungslotse {secrets.token_hex(3)}"
    await publish(window, name)
    provider = await window("demo-provider")
    page = provider.page
    await provider.go("/meine-loesungen")
    await page.click(f"main .mp-rows a:has-text('{name}')")
    before = await page.input_value("main [name=description]")
    await page.fill("main [name=description]", LATER)
    await page.click("button[value=speichern]")
    await page.wait_for_selector("text=Der Entwurf ist gespeichert.")
    assert "Fassung 2" in await provider.text(".mp-badges")
    await page.click("a:text-is('Fassungen')")
    history = page.url.removeprefix(provider.stack)
    assert await page.locator("main ol.mp-rows > li").count() == 2
    assert "online" in await page.locator("main ol.mp-rows > li", has_text="Fassung 1").first.inner_text()

    await page.click("button:has-text('Vergleichen')")
    assert "Kalender" in " ".join(await page.locator(".mp-diff ins").all_inner_texts())
    assert "Angebot" in " ".join(await page.locator(".mp-diff del").all_inner_texts())
    comparison = page.url.removeprefix(provider.stack)
    trail = history.removesuffix("fassungen") + "protokoll"
    correction = history.removesuffix("fassungen") + "korrektur"
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        for path in (history, comparison, trail, correction):
            await provider.go(path)
            assert await faults_of(page) == [], f"{path} at {width} px"
    await page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    await provider.go(history)
    await page.click("button:has-text('Fassung 1 als Entwurf übernehmen')")
    await page.wait_for_selector("text=Der Text der früheren Fassung ist jetzt Ihr Entwurf.")
    assert await page.input_value("main [name=description]") == before

    await provider.go(correction)
    await page.fill("main [name=website_url]", "https://example.org/neue-adresse")
    await page.locator("main form button[type=submit]").last.click()
    await page.wait_for_selector("text=Die Änderung ist online.")
    assert "https://example.org/neue-adresse" in await provider.text("#kleine ~ ul")
    visitor = await window()
    await visitor.go(f"/loesungen/{name.lower().replace(' ', '-')}")
    assert await visitor.page.locator("a[href='https://example.org/neue-adresse']").count() > 0
    assert provider.complaints == []
