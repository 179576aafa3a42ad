"""Self-disclosure, checklist, contradictions and contests in a browser, with and without scripts."""

import os
import re
import secrets
from pathlib import Path

import pytest
from playwright.async_api import Page
from servicekit.testing import wait

from .conftest import WIDTHS, Visitor, Window
from .steps import fill_in_listing, open_case

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PICTURES = os.environ.get("MARKTPLATZ_PICTURES")


async def look(page: Page, name: str) -> None:
    """Nothing may reach beyond the window at any width; MARKTPLATZ_PICTURES names a folder to keep pictures in."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name} is {wider} pixels too wide at {width}"
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    await page.set_viewport_size({"width": WIDTHS[0], "height": 900})


async def submitted(provider: Visitor, name: str) -> str:
    await provider.go("/meine-loesungen/neu")
    await fill_in_listing(provider, name)
    await provider.page.click("button[value=speichern]")
    await provider.page.wait_for_url(re.compile(r"/meine-loesungen/[0-9a-f-]{36}$"))
    address = provider.page.url.removeprefix(provider.stack)
    await provider.page.click("button[value=einreichen]")
    await provider.page.wait_for_selector("text=Das Marktplatz-Team prüft Ihre Lösung jetzt.")

    async def known() -> bool:
        await provider.go(address)
        return await provider.page.locator(f"a[href='{address}/selbstauskunft']").count() > 0

    await wait.until(known, timeout=30, message="the checkup knows the solution")
    return address


async def test_a_disclosure_a_check_a_contradiction_and_a_contest(window: Window) -> None:
    name = f"Quellenlotse {secrets.token_hex(3)}"
    provider, reviewer = await window("demo-provider"), await window("demo-reviewer")
    address = await submitted(provider, name)
    page = provider.page

    # The form saves itself while somebody answers, and asks on.
    await page.click(f"a[href='{address}/selbstauskunft']")
    assert await page.locator("[name=a-isms_scope]").count() == 0
    await page.check("[name=a-isms][value=c5]")
    await page.wait_for_selector("[name=a-isms_scope]")
    await page.wait_for_selector("#gespeichert:has-text('Entwurf gespeichert um')")
    await page.fill("[name=a-isms_scope]", "Betrieb der <b>Plattform</b>")
    await page.fill("[name=nachweis-isms]", "https://example.org/c5")
    await page.check("[name=a-personal_data][value=no]")
    await page.select_option("[name=a-hosting_location]", "germany")
    await page.select_option("[name=a-wcag_level]", "none")
    await page.select_option("[name=a-maintained]", "active")
    await page.click("button[value=veroeffentlichen]")
    assert "Bitte beantworten Sie diese Frage." in await provider.text("#fehler-a-data_export")
    provider.complaints.clear()  # Chromium reports the 422 itself
    await look(page, "selbstauskunft")
    await page.check("[name=a-data_export][value=yes]")
    await page.click("button[value=veroeffentlichen]")
    await page.wait_for_selector("text=Die Selbstauskunft ist veröffentlicht.")

    # The team finds its desk from the case, works the list, and refutes what it could not repeat.
    await open_case(reviewer, name)
    await reviewer.page.click("text=Prüfliste, Selbstauskunft und Anfechtungen")
    await reviewer.page.click("button[value=beginnen]")
    await reviewer.page.wait_for_selector("text=Die Prüfung ist begonnen.")
    await reviewer.page.check("[name=ergebnis-demo_control][value='1']")
    await reviewer.page.click("button[value=speichern]")
    assert "Unter 2 ist ein Befund nötig." in await reviewer.text("#fehler-befund-demo_control")
    reviewer.complaints.clear()
    await reviewer.page.fill("[name=befund-demo_control]", "Kein Zurück im Formular")
    await reviewer.page.check("[name=ergebnis-export_tried][value=failed]")
    await reviewer.page.fill("[name=befund-export_tried]", "Die Datei war leer")
    await look(reviewer.page, "pruefliste")
    await reviewer.page.click("button[value=abschliessen]")
    await reviewer.page.wait_for_selector("text=Die Prüfung ist abgeschlossen.")

    # The provider is told, and contests.
    async def told() -> bool:
        await provider.go("/posteingang")
        return f"Widersprüchliche Angaben: „{name}“" in await provider.text()

    await wait.until(told, timeout=30, message="the contradiction in the inbox")
    await provider.go(f"{address}/befunde")
    assert "Erklärt die Mitnahme aller Daten; beim Ausprobieren gelang sie nicht." in await provider.text()
    await look(page, "befunde")
    await page.click("text=Stellung nehmen")
    await page.fill("[name=reason]", "Die Ausfuhr war an diesem Tag wegen einer Wartung abgeschaltet.")
    await look(page, "anfechtung")
    await page.click("main form button[type=submit]")
    await page.wait_for_selector("text=Ihre Anfechtung ist beim Marktplatz-Team.")

    # The team answers; both stay beside the finding, and in the trail.
    await reviewer.go("/team/checkup")
    await look(reviewer.page, "anfechtungen")
    await reviewer.go(f"/team/checkup/{address.rsplit('/', 1)[1]}")
    await reviewer.page.fill("[name=answer]", "Nachgeholt: die Ausfuhr gelingt, der Befund ist berichtigt.")
    await look(reviewer.page, "team")
    await reviewer.page.click("button[value=berichtigt]")
    await reviewer.page.wait_for_selector("text=Die Anfechtung ist angenommen.")
    await provider.go(f"{address}/befunde")
    text = await provider.text()
    assert "Befund berichtigt" in text
    assert "Anfechtung angenommen" in text
    assert "Marktplatz-Team" in await provider.text(".mp-audit")
    assert provider.complaints == []
    assert reviewer.complaints == []


async def test_the_form_asks_on_without_scripts(window: Window) -> None:
    provider = await window("demo-provider")
    address = await submitted(provider, f"Ohne Skripte {secrets.token_hex(3)}")
    plain = await window("demo-provider", javascript=False, width=320)
    await plain.go(f"{address}/selbstauskunft")
    await plain.page.check("[name=a-pentest][value=yes]")
    await plain.page.click("button[value=speichern]")
    assert "Aus Ihren Antworten ergeben sich weitere Fragen." in await plain.text()
    await plain.page.fill("[name=a-pentest_date]", "2026-05-31")
    await plain.page.check("[name=a-pentest][value=no]")
    await plain.page.click("button[value=speichern]")
    assert "Antworten auf Fragen, die nun entfallen, wurden entfernt." in await plain.text()
    assert await plain.page.locator("[name=a-pentest_date]").count() == 0
