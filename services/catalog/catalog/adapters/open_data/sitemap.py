"""The sitemap (sitemaps.org 0.9): an index, a page of fixed addresses, pages of solutions."""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from catalog.application.open_data import Entry, Standing
from catalog.domain.open_data.terms import Terms

FIXED = ("/", "/suche", "/kriterien", "/ueber", "/offene-daten")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def index(terms: Terms, standing: Standing) -> str:
    """Return the index; every page may have changed when the set did."""
    pages = [terms.sitemap(number) for number in range(standing.sitemap_pages + 1)]
    rows = (_row("sitemap", each, standing.changed_at if number else None) for number, each in enumerate(pages))
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{''.join(rows)}</sitemapindex>\n"


def fixed(terms: Terms) -> str:
    """Return the page of addresses that are always there."""
    return _page(_row("url", terms.site + path, None) for path in FIXED)


def page(terms: Terms, entries: Iterable[Entry]) -> str:
    """Return a page of solutions."""
    return _page(_row("url", terms.solution(each.slug), each.changed_at) for each in entries)


def _page(rows: Iterable[str]) -> str:
    return f"{_HEAD}<urlset {_SPACE}>\n{''.join(rows)}</urlset>\n"


def _row(kind: str, address: str, changed: datetime | None) -> str:
    when = f"<lastmod>{changed.astimezone(UTC).isoformat(timespec='seconds')}</lastmod>" if changed else ""
    return f"<{kind}><loc>{escape(address)}</loc>{when}</{kind}>\n"
