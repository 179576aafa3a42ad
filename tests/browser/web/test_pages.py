"""Every page: no complaint of the browser, and none of the faults that `faults.py` finds."""

import pytest

from .conftest import WIDTHS, Visitor, Window
from .faults import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PUBLIC = (
    "/",
    "/suche",
    "/suche?q=mobilit%C3%A4t&kind=software",
    "/suche?q=qqqqxxxx",
    "/kriterien",
    "/ueber",
    "/offene-daten",
    "/abmelden",
)
OF = {
    "demo-provider": (
        "/meine-loesungen",
        "/meine-loesungen/neu",
        "/organisation",
        "/posteingang",
        "/einstellungen",
        "/einstellungen/meine-daten",
        "/einstellungen/meine-daten/loeschen",
    ),
    "demo-municipality": (
        "/meine-loesungen",
        "/organisation",
        "/posteingang",
        "/abmelden",
        "/merkliste",
        "/vergleich?loesung=digi-stuben&anf=must:1:hosting_location%3Dgermany&anf=should:3:licence",
        "/anforderungen",
        "/anforderungen/neu",
        "/meine-suchen",
        "/meine-suchen/neu?q=mobilit%C3%A4t&kind=software",
        "/markterkundungen/neu?field_of_action=cross_cutting",
    ),
    "demo-reviewer": (
        "/pruefung",
        "/pruefung?status=alle",
        "/pruefung/organisationen?status=onboarded",
        "/team/suchberichte?tage=7",
    ),
    "demo-operator": ("/team/suchberichte",),
}


async def check(window: Window, user: str | None, paths: tuple[str, ...], width: int) -> None:
    visitor = await window(user, width=width)
    for path in paths:
        await visitor.go(path)
        assert await faults_of(visitor.page) == [], path
        assert visitor.complaints == [], path


@pytest.mark.parametrize("width", WIDTHS)
async def test_public_pages(window: Window, width: int) -> None:
    await check(window, None, PUBLIC, width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("user", OF)
async def test_pages_of(window: Window, user: str, width: int) -> None:
    await check(window, user, OF[user], width)


@pytest.mark.parametrize("width", WIDTHS)
async def test_pages_that_lists_lead_to(window: Window, width: int) -> None:
    """A solution, an own solution and a case, whichever come first."""
    for user, start, link in (
        (None, "/suche?sort=rating", "main .mp-card a"),
        ("demo-provider", "/meine-loesungen", "main .mp-rows a"),
        ("demo-reviewer", "/pruefung?status=alle", "main .mp-rows a"),
    ):
        visitor = await window(user, width=width)
        await visitor.go(start)
        await visitor.page.locator(link).first.click()
        await visitor.page.wait_for_load_state()
        assert await faults_of(visitor.page) == [], visitor.page.url
        assert visitor.complaints == [], visitor.page.url


async def test_filters_update_in_place_and_land_in_the_address(window: Window) -> None:
    visitor = await window()
    await visitor.go("/suche")
    before = await visitor.text(".mp-results__count")
    await visitor.page.check("input[name=field_of_action][value=health]")
    await visitor.page.wait_for_selector(".mp-chips >> text=Gesundheit")
    assert "field_of_action=health" in visitor.page.url
    assert await visitor.text(".mp-results__count") != before
    assert await visitor.text("#ansage") == await visitor.text(".mp-results__count"), "and is announced"
    assert await visitor.page.is_checked("input[name=field_of_action][value=health]")
    await visitor.page.focus("input[name=kind][value=software]")
    await visitor.page.keyboard.press("Space")
    await visitor.page.wait_for_selector(".mp-chips >> text=Digitale Lösung")
    focused = await visitor.page.evaluate("document.activeElement.id")
    assert focused == "f-kind-software", "the keyboard stays where it was"
    await visitor.go("/suche")
    shown = await visitor.page.locator("main .mp-card").count()
    await visitor.page.click("text=Weitere Lösungen anzeigen")
    await visitor.page.wait_for_selector(f"main .mp-card >> nth={shown}")
    assert "weitere Lösungen" in await visitor.text("#ansage")
    assert visitor.complaints == []


async def test_search_and_reading_work_without_javascript(window: Window) -> None:
    visitor = await window(javascript=False)
    await visitor.go("/")
    await visitor.page.fill("#feld-q", "mobilität")
    await visitor.page.click("main button:has-text('Suchen')")
    assert "für „mobilität“" in await visitor.text(".mp-results__count")
    await visitor.page.check("input[name=kind][value=software]")
    await visitor.page.click("button:has-text('Filter anwenden')")
    await visitor.page.wait_for_selector(".mp-chips .mp-chip")
    assert await visitor.page.locator(".mp-chips .mp-chip").count() == 1
    await visitor.page.locator("main .mp-card a").first.click()
    assert "Steckbrief" in await visitor.text()


async def test_the_menu_and_the_filters_open_on_a_narrow_window(window: Window) -> None:
    visitor = await window(width=320)
    await visitor.go("/suche")
    assert not await visitor.page.is_visible("#filter")
    await visitor.page.click(".mp-filter-button")
    assert await visitor.page.is_visible("#filter >> text=Handlungsfeld")
    await visitor.page.keyboard.press("Escape")
    await visitor.page.click("button:has-text('Menü')")
    await visitor.page.click("#menue >> text=So wird geprüft")
    await visitor.page.wait_for_url("**/kriterien")


async def test_the_keyboard_reaches_content_first(window: Window) -> None:
    visitor = await window()
    await visitor.go("/")
    await visitor.page.keyboard.press("Tab")
    assert await visitor.page.evaluate("document.activeElement.textContent") == "Zum Inhalt springen"
    await visitor.page.keyboard.press("Enter")
    await visitor.page.keyboard.press("Tab")
    assert await visitor.page.evaluate("document.activeElement.id") == "feld-q"


async def test_icons_are_seen_with_the_readers_own_colours(window: Window) -> None:
    visitor = await window()
    await visitor.page.emulate_media(forced_colors="active", color_scheme="dark")
    await visitor.go("/suche?kind=software")
    colours = await visitor.page.evaluate(
        "[...document.querySelectorAll('.kern-icon')].map(each => getComputedStyle(each).backgroundColor)"
    )
    ground = await visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colours
    assert ground not in colours


@pytest.mark.parametrize("path", ["/vergleich?loesung=comby&loesung=digi-stuben", "/loesungen/comby"])
async def test_paper_shows_nothing_to_press(window: Window, path: str) -> None:
    visitor = await window("demo-municipality")
    await visitor.page.emulate_media(media="print")
    await visitor.go(path)
    pressed = visitor.page.locator("main :is(button, .kern-btn, input, select, textarea)").locator("visible=true")
    assert await visitor.page.locator("main button").count()
    assert await pressed.count() == 0


async def test_what_was_typed_outlives_the_log_in(window: Window) -> None:
    """Browsers forget fields with autocomplete="off" on the way back."""
    visitor = await window("demo-municipality")
    page = visitor.page
    typed = {"subject": "Raumbuchung", "needed_by": "2099-05", "budget": "bis 5.000 Euro", "text": "Für 20 Vereine."}
    await visitor.go("/loesungen/fichtel-stele/anfrage")
    for name, text in typed.items():
        await page.fill(f"main [name={name}]", text)
    await page.context.clear_cookies()
    await page.click("main button:has-text('Anfrage senden')")
    async with page.context.expect_page() as opened:
        await page.click("text=In neuem Tab anmelden")
    other = Visitor(await opened.value, visitor.stack)
    await other.identify("demo-municipality")
    await other.page.wait_for_url(visitor.stack + "/")
    await page.go_back()
    assert {name: await page.input_value(f"main [name={name}]") for name in typed} == typed


async def test_what_scrolls_shows_that_the_keyboard_is_there(window: Window) -> None:
    visitor = await window()
    await visitor.go("/vergleich?loesung=comby&loesung=digi-stuben")
    await visitor.page.locator("main .mp-compared > summary").first.focus()
    await visitor.page.keyboard.press("Tab")
    shown = await visitor.page.evaluate(
        "[document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle]"
    )
    assert shown == ["mp-scroll", "solid"]
