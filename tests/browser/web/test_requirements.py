"""Bounds and words in a requirement profile: the field for them, what is wrong with them, what a comparison says."""

import re
import secrets

import pytest

from .conftest import WIDTHS, Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_profile_with_bounds_and_words(window: Window, width: int) -> None:
    clerk = await window("demo-municipality", width=width)
    page = clerk.page
    await clerk.go("/anforderungen/neu")
    amount = page.get_by_label("Zahl oder Wörter")
    await page.fill("main [name=name]", f"Termine {secrets.token_hex(3)}")
    await page.select_option("#feld-wanted", "hosting_location=germany")
    assert not await amount.is_visible()

    await page.select_option("#feld-wanted", "availability_percent>=")
    await amount.fill("sehr viel")
    await page.click("main button:has-text('Speichern')")
    assert "Bitte geben Sie eine Zahl an." in await clerk.text(".mp-error-summary")
    assert await page.evaluate("document.activeElement.classList.contains('mp-error-summary')")
    assert await amount.get_attribute("aria-invalid") == "true"
    await amount.fill("99,5")
    await page.click("main button:has-text('Speichern')")
    await page.wait_for_url(re.compile(r"/anforderungen/[0-9a-f-]{36}$"))
    assert "mindestens 99,50 Prozent" in await clerk.text()

    await page.click("main summary:has-text('Anforderung hinzufügen')")
    await page.select_option("#feld-wanted", "features~")
    await amount.fill("Termin")
    await page.select_option("#feld-need_kind", "should")
    await page.get_by_label("Gewicht").select_option("3")
    await page.click("main button:has-text('Anforderung hinzufügen')")
    assert "enthält „Termin“" in await clerk.text()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    kept = page.url
    found = await page.context.request.get(f"{clerk.stack}/api/search/solutions?q=termin&size=2")
    slugs = [hit["slug"] for hit in (await found.json())["results"]]
    profile = kept.rpartition("/")[2]
    await clerk.go(f"/vergleich?{'&'.join(f'loesung={slug}' for slug in slugs)}&anforderungen={profile}")
    judged = await clerk.text(".mp-judgement")
    assert "mindestens 99,50 Prozent" in judged
    assert "Erfüllt" in judged

    await clerk.go(f"/anforderungen/{profile}")
    await page.click("main summary:has-text('Anforderungsprofil löschen')")
    await page.click("main button:has-text('Ja, Anforderungsprofil löschen')")
    assert "Das Anforderungsprofil ist gelöscht." in await clerk.text()
