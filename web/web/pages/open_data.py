"""`/offene-daten`: which files there are and how to use them. `/robots.txt`: what crawlers are asked to leave."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from web import schema_org
from web.page import AnyPage
from web.partly import part

router = APIRouter()
PERSONAL = (
    "/abmelden",
    "/anmelden",
    "/auth/",
    "/dossier-pruefen",
    "/einladung/",
    "/einstellungen",
    "/meine-",
    "/organisation",
    "/posteingang",
    "/pruefung",
    "/sprache",
    "/team/",
    "/vergleich",
)
CROWDED = ("/suche?", "/*?wie=")
"""Endless combinations of filters: the sitemap names every solution."""


@router.get("/offene-daten")
async def open_data(page: AnyPage) -> Response:
    """Counts, licence and files as the catalog tells them; the page is there without it."""
    shown = await part(page.services.open_data.overview())
    site = page.container.settings.public_url
    return page.render(
        "open_data.html",
        shown=shown,
        site=site,
        structured=schema_org.dataset(
            site,
            "Digitale Lösungen für Kommunen",
            "Alle veröffentlichten Lösungen des Marktplatzes mit den Angaben der Anbietenden im Standardprofil.",
            shown.value,
        )
        if shown.value
        else None,
    )


@router.get("/robots.txt")
async def robots(request: Request) -> PlainTextResponse:
    """Everybody may read what is public (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in (*PERSONAL, *CROWDED))]
    text = "\n".join([*lines, "", f"Sitemap: {request.app.state.container.settings.public_url}/sitemap.xml", ""])
    return PlainTextResponse(text, headers={"Cache-Control": "public, max-age=3600"})
