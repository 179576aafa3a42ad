"""A municipality asks to join with a proof, is refused with a reason, comes again, is let in, and goes by its name."""

import secrets
from pathlib import Path

import pytest
from playwright.async_api import Locator
from servicekit.testing import wait

from .conftest import WIDTHS, Visitor, Window
from .faults import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PROOF = Path(__file__).parents[3] / "docs" / "images" / "review.png"


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_municipality_proves_its_mandate_and_is_let_in(window: Window, width: int) -> None:
    mark = secrets.token_hex(4)
    name, user = f"Landkreis Łódź-Größen {mark}", f"lena-{mark}"
    ars = f"{1 + secrets.randbelow(16):02d}099{secrets.randbelow(10**7):07d}"
    town, team = await window(user, width=width), await window("demo-reviewer", width=width)
    page = town.page

    await town.go("/organisation")
    await page.fill("main [name=name]", name)
    await page.check("main [name=kinds][value=municipality]")
    await page.fill("main [name=ars]", "999")
    await page.click("button:has-text('Antrag stellen')")
    assert "Bitte weisen Sie nach" in await town.text("#fehler-mandate")
    assert await faults_of(page) == []
    town.complaints.clear()  # Chromium reports the 422 itself
    await page.set_input_files("main [name=datei]", PROOF)
    await page.click("button:has-text('Antrag stellen')")
    assert await page.locator("#fehler-ars").count() == 1
    town.complaints.clear()
    await page.fill("main [name=ars]", ars)
    await page.set_input_files("main [name=datei]", PROOF)
    await page.click("button:has-text('Antrag stellen')")
    await page.wait_for_selector("text=Ihr Antrag ist gestellt.")
    assert await page.locator("a:has-text('Nachweis herunterladen')").count() == 1
    assert await faults_of(page) == []

    request = await _request(team, name)
    assert "Nachweis herunterladen" in await request.inner_text()
    await request.locator("summary").click()
    await request.locator("textarea").fill("Bitte ein Schreiben mit Dienstsiegel.")
    await request.locator("button:has-text('Antrag ablehnen')").click()
    await team.page.wait_for_load_state()

    await town.go("/organisation")
    assert "Bitte ein Schreiben mit Dienstsiegel." in await town.text()
    await page.click("a:has-text('Antrag überarbeiten')")
    assert await page.input_value("main [name=name]") == name
    assert await faults_of(page) == []
    await page.set_input_files("main [name=datei]", PROOF)
    await page.click("main form:has([name=ars]) button[type=submit]")
    await page.wait_for_selector("text=Ihr Antrag ist gestellt.")

    request = await _request(team, name)
    assert await faults_of(team.page) == []
    await request.locator("button:has-text('Freischalten')").click()
    await team.page.wait_for_load_state()

    await wait.until(lambda: _shown(town, "Angaben bearbeiten"), message="the organisation is onboarded")
    await page.click("a:has-text('Angaben bearbeiten')")
    assert await faults_of(page) == []
    await page.fill("main [name=name]", f"{name} am See")
    await page.click("button:has-text('Speichern')")
    await page.wait_for_selector("text=Die Angaben sind gespeichert.")
    assert f"{name} am See" in await town.text()
    await page.click("a:has-text('Organisation verlassen')")
    await page.click("main button:has-text('Organisation verlassen')")
    assert await page.locator(".kern-alert, [role=alert]").count() > 0  # the last one who administers stays
    assert await faults_of(page) == []
    assert team.complaints == []


async def _request(team: Visitor, name: str) -> Locator:
    """Find a request in the team's list."""
    row = team.page.locator("main .mp-row", has_text=name)

    async def listed() -> bool:
        await team.go("/pruefung/organisationen")
        return await row.count() > 0

    await wait.until(listed, message=f"the request of {name}")
    return row


async def _shown(visitor: Visitor, text: str) -> bool:
    await visitor.go("/organisation")
    return text in await visitor.text()
