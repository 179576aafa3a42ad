"""The main job in a browser: submit, ask for changes, resubmit, approve, find, rate, answer, read about it."""

import re
import secrets

import pytest
from servicekit.testing import wait

from .conftest import Window
from .steps import fill_in_listing, judge, open_case

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def test_a_solution_goes_from_draft_to_a_rating_with_a_reply(window: Window) -> None:
    name = f"Rastplatzlotse {secrets.token_hex(3)}"
    provider = await window("demo-provider")
    reviewer = await window("demo-reviewer")
    municipality = await window("demo-municipality")
    visitor = await window()

    # A draft with faults keeps what was typed and says what is wrong, field by field.
    await provider.go("/meine-loesungen/neu")
    await provider.page.fill("main [name=name]", name)
    await provider.page.fill("main [name=website_url]", "javascript:alert(1)")
    await provider.page.click("button[value=speichern]")
    assert "Das hat noch nicht geklappt" in await provider.text()
    assert await provider.page.input_value("main [name=name]") == name
    assert "keine vollständige Adresse" in await provider.text("#fehler-website_url")
    provider.complaints.clear()  # Chromium reports the 422 itself

    await fill_in_listing(provider, name)
    await provider.page.fill("main [name=website_url]", "https://example.org/rastplatz")
    await provider.page.click("button[value=speichern]")
    await provider.page.wait_for_url(re.compile(r"/meine-loesungen/[0-9a-f-]{36}$"))
    assert "Der Entwurf ist gespeichert." in await provider.text()
    address = provider.page.url.removeprefix(provider.stack)
    await provider.page.click("button[value=einreichen]")
    await provider.page.wait_for_selector("text=Das Marktplatz-Team prüft Ihre Lösung jetzt.")

    # The reviewer asks for changes; the provider sees the findings beside the form and resubmits.
    await open_case(reviewer, name)
    assert await reviewer.page.locator("script:has-text('alert(1)')").count() == 0
    await judge(reviewer, {"operating_concept": "needs_work"})
    await reviewer.page.fill("main [name=message]", "Wer betreibt das Angebot?")
    await reviewer.page.click("button[value=aendern]")
    await reviewer.page.wait_for_selector("text=Die Änderungswünsche sind beim Anbieter.")

    async def asked() -> bool:
        await provider.go(address)
        return "Wer betreibt das Angebot?" in await provider.text()

    await wait.until(asked, timeout=30, message="the findings on the provider's page")
    assert "Bitte den Betreiber nennen." in await provider.text()
    await provider.page.fill("main [name=operator_name]", "Musterlösungen GmbH")
    await provider.page.click("button[value=einreichen]")
    await provider.page.wait_for_selector("text=Das Marktplatz-Team prüft Ihre Lösung jetzt.")

    # Second round: what changed is shown, the decision is taken.
    await open_case(reviewer, name)
    assert "Betreiber" in await reviewer.text(".mp-changes")
    await judge(reviewer, {})
    await reviewer.page.click("button[value=freigeben]")
    await reviewer.page.wait_for_selector("text=Freigegeben. Die Lösung wird veröffentlicht.")

    # Everybody finds it.
    async def found() -> bool:
        await visitor.go(f"/suche?q={name.replace(' ', '+')}")
        return await visitor.page.locator("main .mp-card", has_text=name).count() > 0

    await wait.until(found, timeout=30, message=f"{name} in the search")
    await visitor.page.click(f"main .mp-card a:has-text('{name}')")
    assert "Vom Marktplatz-Team geprüft" in await visitor.text()
    assert "<script>alert(1)</script>" in await visitor.text(".mp-prose")
    slug_page = visitor.page.url.removeprefix(visitor.stack)

    # A municipality declares its use and rates, the provider replies, registered users read both.
    await municipality.go(slug_page)
    assert "sobald die Redaktion Ihrer Kommune den Einsatz erklärt hat" in await municipality.text("#bewertungen")
    await municipality.page.click("#einsatz a:has-text('Wir nutzen es')")
    await municipality.page.fill("main [name=since]", "2025-03")
    await municipality.page.check("main [name=contact]")
    await municipality.page.click("button:has-text('Einsatz speichern')")
    await municipality.page.wait_for_selector("text=Der Einsatz ist gespeichert.")
    assert name in await municipality.text()
    await municipality.go(slug_page)
    await municipality.page.click(".mp-rate > summary")
    await municipality.page.check("input[name=overall][value='4']")
    await municipality.page.fill("main [name=report]", "Läuft seit dem Frühjahr <b>ohne</b> Ausfall.")
    await municipality.page.click("button:has-text('Bewertung speichern')")
    await municipality.page.wait_for_selector("text=Ihre Bewertung ist gespeichert.")
    assert "Läuft seit dem Frühjahr <b>ohne</b> Ausfall." in await municipality.text("#bewertungen")
    await provider.go(slug_page)
    await provider.page.click("#bewertungen summary:has-text('Antworten')")
    await provider.page.fill("#bewertungen textarea[name=text]", "Danke für den Bericht!")
    await provider.page.click("button:has-text('Antwort veröffentlichen')")
    await provider.page.wait_for_selector("text=Ihre Antwort ist veröffentlicht.")
    await visitor.go(slug_page)
    assert "1 Kommune bestätigt den Einsatz." in await visitor.text("#einsatz")
    public = await visitor.text("#bewertungen")
    assert "Bisher liegt 1 Bewertung vor." in public
    assert "Läuft seit dem Frühjahr" not in public

    # Everyone concerned is told.
    async def told() -> bool:
        await provider.go("/posteingang")
        return (await provider.text()).count(name) >= 3

    await wait.until(told, timeout=30, message="messages in the provider's inbox")
    await provider.page.click("button:has-text('Alle als gelesen markieren')")
    await provider.page.wait_for_selector("text=Alle Nachrichten sind als gelesen markiert.")
    assert await provider.page.locator(".mp-header .mp-count").count() == 0
    for person in (provider, reviewer, municipality, visitor):
        assert person.complaints == []


async def test_a_rejection_is_asked_about_once_more(window: Window) -> None:
    name = f"Ablehnbar {secrets.token_hex(3)}"
    provider, reviewer = await window("demo-provider"), await window("demo-reviewer")
    await provider.go("/meine-loesungen/neu")
    await fill_in_listing(provider, name)
    await provider.page.click("button[value=einreichen]")
    await provider.page.wait_for_selector("text=Das Marktplatz-Team prüft Ihre Lösung jetzt.")
    await open_case(reviewer, name)
    await judge(reviewer, {"municipal_fit": "fail"})
    await reviewer.page.fill("main [name=message]", "Kein kommunaler Anwendungsfall.")
    await reviewer.page.click("button[value=ablehnen]")
    await reviewer.page.wait_for_selector(f"text=„{name}“ ablehnen?")
    await reviewer.page.click("button:has-text('Ja, ablehnen')")
    await reviewer.page.wait_for_selector("main .mp-flash >> text=Abgelehnt.")
