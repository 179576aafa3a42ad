"""A colleague comes with the link of an e-mail: it leads through the log-in, counts once, and says so afterwards."""

import re
import secrets

import pytest
from servicekit.testing import wait
from servicekit.testing.servers import SmtpServer

from .conftest import WIDTHS, Window
from .faults import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_colleague_is_invited_and_comes(window: Window, mails: SmtpServer, width: int) -> None:
    colleague = f"kollegin-{secrets.token_hex(4)}"
    address = f"{colleague}@example.org"
    admin, invited, other = await window("demo-provider", width=width), await window(width=width), await window()
    page = admin.page

    await admin.go("/organisation")
    await page.locator("a:has-text('Per E-Mail einladen')").first.click()
    await page.fill("main [name=email]", "keine Adresse")
    await page.click("button:has-text('Einladen')")
    assert "Bitte geben Sie eine E-Mail-Adresse an." in await admin.text("#fehler-email")
    assert await faults_of(page) == []
    admin.complaints.clear()  # Chromium reports the 422 itself
    await page.fill("main [name=email]", address)
    await page.select_option("main [name=role]", "editor")
    await page.click("button:has-text('Einladen')")
    await page.wait_for_selector("text=Die Einladung ist unterwegs.")
    pending = page.locator(".mp-row", has_text=address)
    assert "1 Mal gesendet" in await pending.inner_text()
    assert await faults_of(page) == []

    [mail] = await wait.until(lambda: mails.messages(to=address), message="the mail with the link")
    found = re.search(r"https?://\S+?(/einladung/[\w.~-]+)", mail["text"])
    assert found, mail["text"]
    link = found[1]

    await invited.go(link)
    await invited.identify(colleague)
    await invited.page.wait_for_url(invited.stack + link)
    invited.complaints.clear()  # the provider's own page asks for a style sheet from elsewhere
    assert "Musterlösungen GmbH" in await invited.text()
    assert "Redaktion" in await invited.text()
    assert await faults_of(invited.page) == []
    await invited.page.click("button:has-text('Einladung annehmen')")
    await invited.page.wait_for_selector("text=Willkommen. Sie gehören jetzt zur Organisation.")
    assert "Musterlösungen GmbH" in await invited.text()
    assert await faults_of(invited.page) == []
    assert invited.complaints == []

    await other.log_in(f"neugierig-{secrets.token_hex(4)}")
    await other.go(link)
    assert "Dieser Link führt zu keiner offenen Einladung." in await other.text()
    assert "Musterlösungen" not in await other.text()
    assert await faults_of(other.page) == []

    await page.reload()
    assert await pending.count() == 0
    await admin.go("/organisation")
    member = page.locator("tr", has_text=colleague)
    assert "Redaktion" in await member.inner_text()
    await member.locator("button:has-text('Entfernen')").click()
    await member.wait_for(state="detached")
    assert admin.complaints == []
