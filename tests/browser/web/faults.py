"""Faults of a page: axe finds a serious barrier, headings out of order, fields without label, wider than the window."""

from checkup.browser.order import axe_folder
from playwright.async_api import Page

FAULTS = """() => {
  const faults = [];
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) faults.push(`page is ${wide} px wider than the window`);
  const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => Number(each.tagName[1]));
  if (levels.filter(each => each === 1).length !== 1) faults.push(`h1: ${levels}`);
  levels.forEach((level, index) => {
    if (index && level > levels[index - 1] + 1) faults.push(`h${level} after h${levels[index - 1]}`);
  });
  document.querySelectorAll('main input:not([type=hidden]), main select, main textarea').forEach(each => {
    if (!each.labels.length && !each.getAttribute('aria-label')) faults.push(`no label: ${each.name}`);
  });
  const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
  const twice = ids.filter((each, index) => ids.indexOf(each) !== index);
  if (twice.length) faults.push(`ids used twice: ${twice}`);
  document.querySelectorAll('a:not([href]), img:not([alt])').forEach(each => faults.push(each.outerHTML.slice(0, 80)));
  return faults;
}"""

BARRIERS = """() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
  .filter(each => ['serious', 'critical'].includes(each.impact))
  .map(each => `${each.id}: ${each.nodes.map(node => node.target.join(' ')).join(', ')}`))"""


async def faults_of(page: Page) -> list[str]:
    """Return what is wrong with the page that is shown, in words; empty when nothing is."""
    axe = axe_folder()
    assert axe is not None, "axe-core is missing: run `make setup`"
    await page.evaluate((axe / "axe.min.js").read_text(encoding="utf-8"))
    return [*await page.evaluate(FAULTS), *await page.evaluate(BARRIERS)]
