"""The profile in a browser: questions that come and go, the meter, pictures from the draft to the public page."""

import re
import secrets
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from servicekit.testing import wait

from .conftest import Visitor, Window
from .steps import fill_in_listing, judge, open_case

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A screenshot whose name says something else."""
    file = tmp_path / "bild.pdf"
    Image.linear_gradient("L").resize((1600, 900)).convert("RGB").save(file, "PNG")
    return file


async def test_questions_come_and_go_as_others_are_answered(window: Window) -> None:
    provider = await window("demo-provider")
    page = provider.page
    await provider.go("/meine-loesungen/neu")
    formats = page.locator("[name=data_export_formats]")
    assert not await formats.is_visible()
    await page.select_option("[name=data_export]", "ja")
    await formats.wait_for(state="visible")
    await formats.fill("CSV")
    await page.select_option("[name=data_export]", "nein")
    await formats.wait_for(state="hidden")
    await page.select_option("[name=data_export]", "ja")
    await formats.wait_for(state="visible")
    assert await formats.input_value() == "CSV", "nothing typed is lost"
    assert provider.complaints == []

    plain = await window("demo-provider", javascript=False)
    await plain.go("/meine-loesungen/neu")
    assert await plain.page.locator("[name=data_export_formats]").is_visible()
    assert "Nur, wenn angegeben ist: Alle Daten lassen sich jederzeit ausleiten: ja" in await plain.text()


async def filled(visitor: Visitor) -> int:
    """How far the profile is filled in, in percent, as the meter says."""
    return int(await visitor.page.get_attribute(".mp-meter__bar", "value") or "0")


async def test_a_picture_goes_from_the_draft_to_the_public_page(window: Window, picture: Path) -> None:
    name = f"Bildlotse {secrets.token_hex(3)}"
    provider, reviewer, visitor = await window("demo-provider"), await window("demo-reviewer"), await window()
    page = provider.page
    await provider.go("/meine-loesungen/neu")
    await fill_in_listing(provider, name)
    await page.check("[name=platforms][value=web]")
    await page.click("button[value=speichern]")
    assert "Das Profil ist zu" in await provider.text()
    draft, before = page.url, await filled(provider)
    await page.select_option("[name=hosting_location]", "germany")
    await page.fill("main [name=website_url]", "https://example.org/bildlotse")
    await page.click("button[value=speichern]")
    half = await filled(provider)
    assert before < half

    await page.click("a:has-text('Bilder und Dokumente verwalten')")
    svg = picture.with_name("bild.png")
    svg.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    await page.set_input_files("[name=datei]", svg)
    await page.fill("[name=alt]", "Die Karte mit freien Plätzen")
    await page.click("button:has-text('Hochladen')")
    assert "SVG-Dateien können Skripte enthalten" in await provider.text()
    provider.complaints.clear()  # the browser notes that a form was answered with 422
    await page.set_input_files("[name=datei]", picture)
    await page.click("button:has-text('Hochladen')")
    assert "Die Datei gehört jetzt zum Entwurf." in await provider.text()
    assert await page.locator(".mp-media img").evaluate("each => each.decode().then(() => each.naturalWidth)") == 480

    await page.goto(draft)
    assert half < await filled(provider), "a picture counts"
    await page.click("button[value=einreichen]")
    assert "Eingereicht." in await provider.text()
    await open_case(reviewer, name)
    shown = reviewer.page.locator("main .mp-gallery img")
    await shown.scroll_into_view_if_needed()
    assert await shown.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
    await judge(reviewer, {})
    await reviewer.page.click("button[value=freigeben]")

    async def published() -> bool:
        await visitor.go(f"/loesungen/{name.lower().replace(' ', '-')}")
        return await visitor.page.locator(".mp-gallery img").count() == 1

    await wait.until(published, timeout=30, message=f"{name} with its picture")
    visitor.complaints.clear()
    await visitor.page.reload()
    image = visitor.page.locator(".mp-gallery img")
    assert await image.get_attribute("alt") == "Die Karte mit freien Plätzen"
    await image.scroll_into_view_if_needed()
    assert await image.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
    assert "Plattformen\tWeb" in await visitor.text(".mp-profile")
    assert visitor.complaints == []
    await _is_found_by_its_platform(visitor, name)


async def _is_found_by_its_platform(visitor: Visitor, name: str) -> None:
    card = visitor.page.locator("article", has_text=name)

    async def found() -> bool:
        await visitor.go(f"/suche?q={quote(name)}")
        return await card.count() == 1

    await wait.until(found, timeout=30, message=f"{name} among the results")
    image = card.locator("img.mp-card__image")
    await image.scroll_into_view_if_needed()
    assert await image.evaluate("each => each.decode().then(() => each.naturalWidth)") == 480
    await visitor.page.click("summary:has-text('Plattformen')")
    await visitor.page.check("input[name=platform][value=web]")
    await visitor.page.wait_for_url(re.compile("platform=web"))
    assert await card.count() == 1
    await visitor.go(f"/suche?q={quote(name)}&platform=ios")
    assert await card.count() == 0
