"""A headless Chromium whose every connection goes through one proxy; what a test of pages does not need is off."""

from playwright.async_api import Browser, BrowserContext, Error, Playwright

from checkup.browser.order import Order

FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-pings",
    "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=256",
)


class NotConfined(Exception):
    """The browser could not be locked in as it should; the message is a German sentence."""


async def launch(playwright: Playwright, order: Order, port: int) -> Browser:
    """Start it with its own sandbox; without one only if the order allows that. Raises NotConfined, Error."""
    for sandbox in (True, False):
        try:
            return await playwright.chromium.launch(
                executable_path=order.chromium,
                args=list(FLAGS),
                chromium_sandbox=sandbox,
                proxy={"server": f"http://127.0.0.1:{port}", "bypass": "<-loopback>"},
                timeout=20_000,
            )
        except Error as error:
            if not sandbox:
                raise
            if order.sandboxed:
                reason = "Die Demo wurde nicht geöffnet: Die Sandbox des Browsers startet hier nicht."
                raise NotConfined(reason) from error
    raise AssertionError("the loop returns or raises")


async def window(browser: Browser) -> BrowserContext:
    """A fresh profile as a German visitor has it: no downloads, permissions, service workers or further windows."""
    system = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    return await browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="de-DE",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
        service_workers="block",
        accept_downloads=False,
        permissions=[],
        user_agent=f"{system} Chrome/{browser.version} Safari/537.36 marktplatz-checkup",
    )
