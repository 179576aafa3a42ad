"""Searching in a browser: suggestions by keyboard, filters out of words, saved searches, the team's report."""

import re
import secrets

import pytest
from servicekit.testing import wait

from .conftest import WIDTHS, Visitor, Window
from .faults import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

OPTIONS = "[role=listbox]:not([hidden]) [role=option]"


async def type_slowly(visitor: Visitor, field: str, text: str) -> None:
    """Type as people do, and wait for the suggestions."""
    await visitor.page.focus(field)
    await visitor.page.keyboard.type(text, delay=20)
    await visitor.page.wait_for_selector(OPTIONS)


async def choose(visitor: Visitor, field: str, kind: str) -> str:
    """Go down to the first suggestion of a kind, with the arrow keys; return its text."""
    for _ in range(await visitor.page.locator(OPTIONS).count()):
        await visitor.page.keyboard.press("ArrowDown")
        active = await visitor.page.get_attribute(field, "aria-activedescendant")
        option = visitor.page.locator(f"#{active}")
        assert await option.get_attribute("aria-selected") == "true"
        assert await visitor.page.locator("[role=option][aria-selected=true]").count() == 1
        if (await option.locator(".mp-suggest__kind").inner_text()).startswith(kind):
            return await option.locator("span").first.inner_text()
    raise AssertionError(f"no suggestion of a {kind}")


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_solution_is_found_by_keyboard_alone(window: Window, width: int) -> None:
    visitor = await window(width=width)
    await visitor.go("/")
    field = "#feld-q"
    await type_slowly(visitor, field, "comb")
    assert await visitor.page.get_attribute(field, "role") == "combobox"
    assert await visitor.page.get_attribute(field, "aria-expanded") == "true"
    assert "Mit den Pfeiltasten auswählen." in await visitor.page.inner_text(".mp-suggest [role=status]")
    assert await faults_of(visitor.page) == []
    name = await choose(visitor, field, "Lösung")
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url("**/loesungen/*")
    assert await visitor.text("h1") == name
    assert visitor.complaints == []


async def test_escape_closes_the_suggestions_and_keeps_the_words(window: Window) -> None:
    visitor = await window()
    await visitor.go("/kriterien")
    field = "#kopf-q"
    await type_slowly(visitor, field, "mobil")
    await visitor.page.keyboard.press("ArrowDown")
    await visitor.page.keyboard.press("Escape")
    assert await visitor.page.locator(OPTIONS).count() == 0
    assert await visitor.page.get_attribute(field, "aria-expanded") == "false"
    assert await visitor.page.get_attribute(field, "aria-activedescendant") is None
    assert await visitor.page.input_value(field) == "mobil"
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url("**/suche?q=mobil")


async def test_a_field_of_action_becomes_a_filter_beside_the_others(window: Window) -> None:
    visitor = await window()
    await visitor.go("/suche?kind=software&sort=newest")
    await type_slowly(visitor, "#feld-q", "mobil")
    name = await choose(visitor, "#feld-q", "Handlungsfeld")
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url("**/suche?*field_of_action=*")
    assert "kind=software" in visitor.page.url
    assert "q=" not in visitor.page.url
    chips = await visitor.page.locator(".mp-chips .mp-chip").all_inner_texts()
    assert any(name in chip for chip in chips)
    assert visitor.complaints == []


async def test_suggestions_that_do_not_come_disturb_nobody(window: Window) -> None:
    visitor = await window()
    await visitor.page.route("**/api/search/suggest*", lambda route: route.abort())
    await visitor.go("/")
    async with visitor.page.expect_event("requestfailed"):
        await visitor.page.type("#feld-q", "mobil")
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url("**/suche?q=mobil")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_filter_out_of_the_words_is_removed(window: Window, *, javascript: bool) -> None:
    visitor = await window(javascript=javascript)
    await visitor.go("/suche?q=mitfahren+in+Brandenburg&kind=software")
    chip = visitor.page.locator(".mp-chip--understood", has_text="Brandenburg")
    assert "Erkannt:" in await chip.inner_text()
    await chip.click()
    await visitor.page.wait_for_url("**as_words=*")
    assert await visitor.page.locator(".mp-chip--understood").count() == 0
    assert "kind=software" in visitor.page.url
    assert await visitor.page.input_value("#feld-q") == "mitfahren in Brandenburg"
    await visitor.page.click("text=Wieder als Filter verwenden")
    assert await visitor.page.locator(".mp-chip--understood").count() == 1


async def test_words_typed_anew_are_read_anew(window: Window) -> None:
    """What was said about the earlier words does not stick to the form."""
    visitor = await window()
    await visitor.go("/suche?q=mitfahren+in+Brandenburg&as_words=bundesland:DE-BB")
    await visitor.page.fill("#feld-q", "rufbus in Brandenburg")
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_selector(".mp-chip--understood >> text=Brandenburg")
    assert visitor.page.url.endswith("/suche?q=rufbus+in+Brandenburg")


@pytest.mark.parametrize("width", WIDTHS)
async def test_another_spelling_is_offered_and_the_own_one_kept(window: Window, width: int) -> None:
    visitor = await window(width=width)
    await visitor.go("/suche?q=Mitfarbank")
    assert "Ergebnisse auch für" in await visitor.text(".mp-understood")
    await visitor.page.locator(".mp-why summary").first.click()
    assert await visitor.page.locator(".mp-why[open] li").count() > 0
    assert await faults_of(visitor.page) == []
    await visitor.page.click("text=Nur nach „Mitfarbank“ suchen")
    await visitor.page.wait_for_url("**spelling=literal*")
    await visitor.page.click("text=Auch ähnliche Schreibweisen suchen")
    assert "Ergebnisse auch für" in await visitor.text(".mp-understood")


async def test_more_results_are_read_on_from_the_first_of_them_by_keyboard(window: Window) -> None:
    visitor = await window()
    await visitor.go("/suche")
    shown = await visitor.page.locator("main .mp-card").count()
    await visitor.page.locator("#mehr a", has_text="Weitere Lösungen anzeigen").focus()
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_selector(".mp-cards--more li:first-child a:focus")
    assert await visitor.page.locator("main .mp-card").count() > shown
    assert visitor.complaints == []


async def test_a_search_is_saved_changed_and_deleted(window: Window) -> None:
    name = f"Unterwegs {secrets.token_hex(3)}"
    municipality = await window("demo-municipality")
    page = municipality.page
    await municipality.go("/suche?q=mitfahren&kind=software")
    await page.click("text=Diese Suche speichern und benachrichtigt werden")
    await page.fill("main [name=name]", "")
    await page.check("[name=frequency][value=weekly]")
    await page.click("main button:has-text('Suche speichern')")
    assert "Bitte geben Sie der Suche einen Namen." in await municipality.text()
    municipality.complaints.clear()  # Chromium reports the 422 itself
    await page.fill("main [name=name]", name)
    await page.click("main button:has-text('Suche speichern')")
    await page.wait_for_selector("text=Die Suche ist gespeichert.")
    row = page.locator("main .mp-row", has_text=name)
    assert "„mitfahren“ · Filter: Digitale Lösung" in await row.inner_text()
    assert "Einmal in der Woche" in await row.inner_text()

    await row.locator("a:has-text('Ändern')").click()
    await page.check("[name=frequency][value=never]")
    await page.click("button:has-text('Speichern')")
    await page.wait_for_selector("text=Die Änderung ist gespeichert.")
    assert "Benachrichtigung: Nie" in await row.inner_text()
    await row.locator("h2 a").click()
    await page.wait_for_url("**/suche?q=mitfahren&kind=software")

    await municipality.go("/meine-suchen")
    await row.locator("a:has-text('Löschen')").click()
    await page.click("button:has-text('Ja, löschen')")
    await page.wait_for_selector("text=Die Suche ist gelöscht.")
    assert name not in await municipality.text()
    assert municipality.complaints == []


async def test_the_team_sees_what_was_searched_and_opened(window: Window) -> None:
    words = f"mobilität {secrets.token_hex(3).translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    visitor, reviewer = await window(), await window("demo-reviewer")
    await visitor.go("/suche")
    await visitor.page.fill("#feld-q", words)
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_selector(f".mp-results__count >> text={words}")
    await visitor.page.check("input[name=kind][value=software]")
    await visitor.page.wait_for_selector(".mp-chips >> text=Digitale Lösung")
    assert "suche=" not in visitor.page.url
    await visitor.page.locator("main .mp-card a").first.click()
    await visitor.page.wait_for_url(re.compile(r"/loesungen/[^?]+$"))

    async def reported() -> bool:
        await reviewer.go("/team/suchberichte?tage=7")
        row = reviewer.page.locator("#haeufig ~ div tr", has_text=words)
        cells = await row.locator("td").all_inner_texts() if await row.count() else []
        return cells[:4] == ["1", "0", "0", "1"]  # searched once, not without hits, not abandoned, opened once

    await wait.until(reported, timeout=60, message="the search and what was opened in the report")
    assert "Personenbezogene Daten werden nicht gespeichert" in await reviewer.text()
    assert visitor.complaints == []
    assert reviewer.complaints == []
