"""What several stories have in common: a listing is filled in, judged, published."""

from servicekit.testing import wait

from .conftest import Visitor, Window


async def fill_in_listing(provider: Visitor, name: str) -> None:
    page = provider.page
    await page.fill("main [name=name]", name)
    await page.fill("main [name=summary]", f"{name} zeigt freie Plätze auf einer Karte.")
    await page.fill(
        "main [name=description]", "Ein **Angebot** für Kommunen.\n\n- einfach\n- <script>alert(1)</script>"
    )
    await page.fill("main [name=features]", "Karte\nErinnerung per Mail")
    await page.select_option("main [name=kind]", "software")
    await page.select_option("main [name=offer_form]", "web_app")
    await page.check("main [name=fields_of_action][value=tourism]")
    await page.fill("main [name=licence]", "EUPL-1.2")


async def judge(reviewer: Visitor, verdicts: dict[str, str]) -> None:
    """Give every mandatory criterion a verdict; those not named in `verdicts` pass."""
    groups = await reviewer.page.query_selector_all("input[type=radio][value=pass]")
    for radio in groups:
        name = await radio.get_attribute("name") or ""
        verdict = verdicts.get(name.removeprefix("result-"), "pass")
        await reviewer.page.check(f"input[name='{name}'][value='{verdict}']")
        if verdict != "pass":
            await reviewer.page.fill(f"[name='{name.replace('result-', 'finding-')}']", "Bitte den Betreiber nennen.")


async def open_case(reviewer: Visitor, name: str) -> None:
    async def listed() -> bool:
        await reviewer.go("/pruefung?status=open")
        return await reviewer.page.locator("main .mp-rows a", has_text=name).count() > 0

    await wait.until(listed, timeout=30, message=f"{name} in the queue")
    await reviewer.page.click(f"main .mp-rows a:has-text('{name}')")


async def publish(window: Window, name: str) -> str:
    """Take a solution of the demo provider online; return the path of its public page."""
    provider, reviewer = await window("demo-provider"), await window("demo-reviewer")
    await provider.go("/meine-loesungen/neu")
    await fill_in_listing(provider, name)
    await provider.page.click("button[value=einreichen]")
    await provider.page.wait_for_selector("text=Das Marktplatz-Team prüft Ihre Lösung jetzt.")
    await open_case(reviewer, name)
    await judge(reviewer, {})
    await reviewer.page.click("button[value=freigeben]")
    await reviewer.page.wait_for_selector("text=Freigegeben. Die Lösung wird veröffentlicht.")
    path = f"/loesungen/{name.lower().replace(' ', '-')}"

    async def online() -> bool:
        answer = await provider.page.goto(provider.stack + path)
        return answer is not None and answer.status == 200

    await wait.until(online, message=f"{name} is online")
    return path
