"""The result of a checkup in a real browser: readable wide and narrow, by keyboard, and its badge."""

import pytest

from .conftest import WIDTHS, Window
from .faults import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
BEST = "/suche?sort=checkup&kind=software"


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_report_is_seen_at_a_glance_and_leads_to_its_evidence(window: Window, width: int) -> None:
    visitor = await window(width=width)
    await visitor.go(BEST)
    await visitor.page.locator("main .mp-card a").first.click()
    await visitor.page.wait_for_selector("#checkup .mp-radar svg")
    assert await faults_of(visitor.page) == []
    assert await visitor.page.locator("#checkup .mp-radar__dot").count() >= 4
    rows = visitor.page.locator("#checkup .mp-checkup-table tbody tr")
    assert await rows.count() == 5
    assert "Checkup-Stufe:" in await visitor.text("#checkup .mp-stage")
    labels = await visitor.page.evaluate(
        """() => {
          const frame = document.querySelector('.mp-radar svg').getBoundingClientRect();
          return [...document.querySelectorAll('.mp-radar text')].filter(each => {
            const box = each.getBoundingClientRect();
            return box.left < frame.left - 1 || box.right > frame.right + 1
              || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
          }).length;
        }"""
    )
    assert labels == 0, "no label of the chart is cut off"
    dimension = visitor.page.locator("#dimension-documentation")
    await dimension.locator("summary").focus()
    await visitor.page.keyboard.press("Enter")
    await dimension.locator(".mp-metric").first.wait_for(state="visible")
    assert await dimension.locator(".mp-evidence code").count() > 0
    assert visitor.complaints == []


async def test_the_badge_is_a_picture_without_cookies(window: Window) -> None:
    visitor = await window()
    await visitor.go(BEST)
    href = await visitor.page.locator("main .mp-card a").first.get_attribute("href")
    slug = (href or "").partition("/loesungen/")[2].partition("?")[0]
    context = visitor.page.context
    await context.clear_cookies()
    answer = await context.request.get(f"{visitor.stack}/api/checkup/solutions/{slug}/badge.svg?style=scores")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml; charset=utf-8")
    assert "max-age=3600" in answer.headers["cache-control"]
    assert await context.cookies() == []
    await visitor.page.goto(f"{visitor.stack}/api/checkup/solutions/{slug}/badge.svg")
    title = await visitor.page.evaluate("document.documentElement.getAttribute('aria-label')")
    assert title.startswith("Lösungs-Checkup:")


async def test_criteria_say_what_a_stage_needs(window: Window) -> None:
    visitor = await window(width=320)
    await visitor.go("/kriterien#stufen")
    await visitor.page.locator("details:has-text('Herausragend') summary").last.click()
    assert "Auszeichnungen: mindestens 2" in await visitor.text()
    assert await faults_of(visitor.page) == []
