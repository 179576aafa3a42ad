"""The child: `python -I -m checkup.browser '{"url": …}'` (an Order) prints an Audit as JSON."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from playwright.async_api import Error, async_playwright
from pydantic import TypeAdapter

from checkup.browser.audit import Auditor, reason_of
from checkup.browser.chromium import NotConfined, launch, window
from checkup.browser.order import Order
from checkup.browser.relay import relaying
from checkup.domain.demo import Audit


async def carry_out(order: Order) -> NoReturn:
    """Open and test; what was found before the time ran out is kept."""
    async with relaying(order.socket) as port, async_playwright() as playwright:
        try:
            browser = await launch(playwright, order, port)
        except NotConfined as error:
            print(error.__cause__, file=sys.stderr)
            end(Audit(reason=str(error)))
        except Error as error:
            print(error.message, file=sys.stderr)
            end(Audit(reason="Der Browser ließ sich nicht starten."))
        auditor = Auditor(await window(browser), Path(order.axe), order.pages)
        try:
            async with asyncio.timeout(order.seconds):
                await auditor.visit(order.url)
        except TimeoutError:
            auditor.faults.append(f"Nach {order.seconds:.0f} Sekunden abgebrochen.")
        except Error as error:
            auditor.faults.append(f"Der Browser brach ab ({reason_of(error)}).")
        end(replace(auditor.audit, tools={"Chromium": browser.version, **auditor.audit.tools}))


def end(audit: Audit) -> NoReturn:
    """Say it and leave: closing a browser that hangs would take the result along; it ends with its pipe."""
    sys.stdout.buffer.write(TypeAdapter(Audit).dump_json(audit))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(carry_out(TypeAdapter(Order).validate_json(sys.argv[1])))
