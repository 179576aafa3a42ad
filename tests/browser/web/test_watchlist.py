"""A long watchlist in a browser: more of it on demand, what is ticked stays, a change leads back to its entry."""

import re
import secrets

import pytest

from .conftest import Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
AT_ONCE, NOTED = 25, 27


async def test_more_of_a_long_list_is_shown_on_demand(window: Window) -> None:
    reader = await window(f"merkend-{secrets.token_hex(3)}")
    page = reader.page
    await reader.go("/suche?q=digital")
    token = await page.locator("input[name=csrf]").first.get_attribute("value")
    found = await page.context.request.get(f"{reader.stack}/api/search/solutions?size={NOTED}&sort=name")
    for hit in (await found.json())["results"]:
        noted = await page.context.request.post(
            f"{reader.stack}/merkliste/umschalten",
            form={"csrf": token or "", "key": hit["id"], "merken": hit["id"]},
            headers={"origin": reader.stack, "sec-fetch-site": "same-origin"},
            max_redirects=0,
        )
        assert noted.status == 303

    await reader.go("/merkliste?sort=name")
    entries = page.locator(".mp-watched")
    assert await entries.count() == AT_ONCE
    assert f"{NOTED} Lösungen von höchstens" in await reader.text()
    await entries.first.locator("input[name=loesung]").check()
    await page.click("#mehr a:has-text('Weitere')")
    last = entries.nth(NOTED - 1)
    await last.wait_for()
    await last.locator("input[name=loesung]").check()
    await page.click("button[form=auswahl]:not([formaction])")
    await page.wait_for_url(re.compile("/vergleich.loesung=[^&]+&loesung=[^&]+$"))

    await reader.go("/merkliste?sort=name")
    await page.click("#mehr a:has-text('Weitere')")
    await last.wait_for()
    name = await last.get_by_role("heading").inner_text()
    await last.locator("summary").click()
    await last.locator("textarea").fill("Für später")
    await last.locator("button[value=notiz]").click()
    await page.wait_for_url(re.compile("cursor=.*#merken-"))
    assert await entries.count() == NOTED - AT_ONCE
    assert "Für später" in await page.locator(".mp-watched", has_text=name).inner_text()
    assert reader.complaints == []
