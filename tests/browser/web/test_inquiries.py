"""A municipality asks a provider in a browser: both sides read, write, and see where it stands."""

import re
import secrets

import pytest

from .conftest import WIDTHS, Visitor, Window
from .faults import faults_of
from .steps import publish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def examine(window: Window, visitor: Visitor, path: str) -> None:
    """Hold the page to the rules for all pages at every width."""
    for width in WIDTHS:
        await visitor.page.set_viewport_size({"width": width, "height": 900})
        await visitor.go(path)
        assert await faults_of(visitor.page) == [], f"{path} at {width} px"
    await visitor.page.set_viewport_size({"width": WIDTHS[0], "height": 900})


async def test_an_inquiry_is_asked_answered_and_closed(window: Window) -> None:
    name = f"Anfragelotse {secrets.token_hex(3)}"
    solution = await publish(window, name)
    municipality, provider = await window("demo-municipality"), await window("demo-provider")
    page = municipality.page

    await municipality.go(solution)
    await page.click("a:has-text('Anfrage stellen')")
    await page.fill("main [name=needed_by]", "irgendwann")
    await page.fill("main [name=questions]", "Läuft es ohne <b>Internet</b>?\nWas kostet der Einstieg?")
    await page.click("button:has-text('Anfrage senden')")
    assert "Bitte sagen Sie in wenigen Worten, was Sie brauchen." in await municipality.text()
    assert "Bitte schreiben Sie eine Nachricht." in await municipality.text("#fehler-text")
    assert "Läuft es ohne <b>Internet</b>?" in await page.input_value("main [name=questions]"), "nothing typed is lost"
    assert await faults_of(page) == []
    municipality.complaints.clear()  # Chromium reports the 422 itself
    await page.fill("main [name=subject]", "Raumbuchung für 20 Vereine")
    await page.fill("main [name=needed_by]", "2035-05")
    await page.fill("main [name=text]", "Unsere Vereine\nbuchen bisher am Telefon.")
    await page.click("button:has-text('Anfrage senden')")
    await page.wait_for_selector("text=Ihre Anfrage ist zugestellt.")
    thread = page.url.removeprefix(municipality.stack)
    assert await municipality.text(".mp-profile ol") == "Läuft es ohne <b>Internet</b>?\nWas kostet der Einstieg?"

    await provider.go("/anfragen?seite=answering&stand=sent")
    row = provider.page.locator(".mp-row", has_text=name)
    assert "wartet auf Ihre Antwort" in await row.inner_text()
    await row.locator("a").click()
    assert "Unsere Vereine\nbuchen bisher am Telefon." in await provider.text(".mp-thread")
    await municipality.go(thread)
    assert "vom Anbieter gesehen" in await municipality.text()
    await provider.page.click("button:has-text('Nachricht senden')")
    if not await provider.page.locator("#fehler-text").count():  # the browser holds an empty required field back
        assert await provider.page.evaluate("!document.querySelector('[name=text]').checkValidity()")
    provider.complaints.clear()
    await provider.page.fill("main [name=text]", "Ja, ganz ohne. Der Einstieg ist frei.")
    await provider.page.click("button:has-text('Nachricht senden')")
    await provider.page.wait_for_selector("text=Ihre Nachricht ist zugestellt.")

    await municipality.go("/anfragen?seite=asking&stand=answered")
    await page.locator(".mp-row", has_text=name).locator("a").click()
    assert "Ja, ganz ohne. Der Einstieg ist frei." in await municipality.text(".mp-thread")
    assert "beantwortet" in (await municipality.text(".mp-badges")).lower()
    for side in (municipality, provider):
        for path in ("/anfragen", thread, f"{solution}/anfrage"):
            await examine(window, side, path)

    stranger = await window("demo-municipality-2")
    await stranger.go(thread)
    assert "Raumbuchung" not in await stranger.text("body")

    await municipality.go(thread)
    await page.click("button:has-text('Anfrage schließen')")
    await page.wait_for_url(re.compile(re.escape(thread)))
    await provider.go(thread)
    assert "geschlossen" in (await provider.text(".mp-badges")).lower()
    assert await provider.page.locator("main textarea[name=text]").count() == 0
    assert municipality.complaints == provider.complaints == []
