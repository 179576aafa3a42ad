"""A municipality in a browser without script: search, watchlist, comparison, market survey, frozen file, proof."""

import json
import re
import secrets

import pytest

from .conftest import Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def test_from_a_search_to_a_dossier_that_can_be_proved(window: Window) -> None:
    clerk = await window("demo-municipality", javascript=False)
    page = clerk.page

    # An earlier run on the same system may have left something on the list.
    await clerk.go("/merkliste")
    while await page.locator(".mp-watched button[value=entfernen]").count():
        await page.locator(".mp-watched button[value=entfernen]").first.click()
        await page.wait_for_load_state()

    # Two solutions go on the watchlist by the buttons on their cards; each button says what it does now.
    await clerk.go("/suche?q=termin")
    names = []
    for _ in range(2):
        button = page.locator("#treffer button[name=merken]").first
        names.append((await button.get_attribute("aria-label") or "").removeprefix("Merken: "))
        await button.click()
        await page.wait_for_url(re.compile("/suche.*#merken-"))
        assert await page.get_by_label(f"Gemerkt: {names[-1]}, von der Merkliste nehmen", exact=True).count() == 1

    # The list has them with a note, and leads to a comparison of those that are ticked.
    await clerk.go("/merkliste")
    entries = [page.locator(".mp-watched", has=page.get_by_role("heading", name=name, exact=True)) for name in names]
    await entries[0].locator("summary").click()
    note = f"Für die Vereine <b>{secrets.token_hex(3)}"
    await entries[0].locator("textarea").fill(note)
    await entries[0].locator("button[value=notiz]").click()
    assert note in await clerk.text()
    for entry in entries:
        await entry.locator("input[name=loesung]").check()
    await page.click("button[form=auswahl]:not([formaction])")
    await page.wait_for_url(re.compile(r"/vergleich\?loesung=.*&loesung="))

    # What is demanded is part of the address, and answered in words.
    await page.click("main summary:has-text('Anforderung hinzufügen')")
    await page.select_option("#feld-wanted", "hosting_location=germany")
    await page.click("button:has-text('Anforderung hinzufügen')")
    await page.wait_for_url(re.compile("anf=must"))
    judged = await clerk.text(".mp-judgement")
    assert "Muss erfüllt" in judged
    assert re.search("Erfüllt|Nicht erfüllt|Keine Angabe", judged)

    # Solutions and demands become a market survey, which is frozen and proved by its file.
    await page.click("main a:has-text('Als Markterkundung übernehmen')")
    title = f"Termine {secrets.token_hex(3)}"
    await page.fill("main [name=title]", title)
    await page.fill("main [name=need]", "Bürgerinnen und Bürger buchen Termine selbst.")
    await page.click("main button:has-text('Anlegen')")
    await page.wait_for_url(re.compile(r"/markterkundungen/[0-9a-f-]{36}$"))
    shown = await clerk.text()
    assert all(name in shown for name in (title, *names))
    await page.click("main button:has-text('Jetzt einfrieren')")
    assert "Die Markterkundung ist eingefroren." in await clerk.text()
    survey = page.url
    pdf = await page.context.request.get(f"{survey}/datei/pdf")
    assert (await pdf.body()).startswith(b"%PDF")
    file = await (await page.context.request.get(f"{survey}/datei/json")).body()
    assert len(json.loads(file)["solutions"]) == 2

    await clerk.go("/dossier-pruefen")
    await page.set_input_files("main [name=datei]", {"name": "d.json", "mimeType": "application/json", "buffer": file})
    await page.click("main form:has([name=datei]) button[type=submit]")
    assert title in await clerk.text()

    # What was noted for this test goes again.
    await clerk.go("/merkliste")
    for name in names:
        entry = page.locator(".mp-watched", has=page.get_by_role("heading", name=name, exact=True))
        await entry.locator("button[value=entfernen]").click()
    assert await page.get_by_role("heading", name=names[0], exact=True).count() == 0
