"""`/dossier-pruefen`: whether a file of a market survey is genuine."""

import re

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.dossiers import Verdict
from web.api.problem import ApiProblem
from web.forms.dossier import refused
from web.forms.faults import Faults
from web.page import AnyPage, CheckedMedia, MemberPage, Page

router = APIRouter()
_SHA256 = re.compile(r"[0-9a-f]{64}")


@router.get("/dossier-pruefen")
async def prove(page: AnyPage) -> Response:
    """Ask for a file or a hash; a hash in the address is looked up."""
    given = page.request.query_params.get("sha256", "")
    sha256 = "".join(given.split()).lower()[:100]
    if not sha256:
        return _proof(page)
    if not _SHA256.fullmatch(sha256):
        faults = Faults()
        faults.add("sha256", page.say("Ein SHA-256-Wert hat 64 Zeichen aus 0–9 und a–f."))
        return _proof(page, sha256=sha256, faults=faults)
    return _proof(page, sha256=sha256, verdict=await page.services.dossiers.verify_hash(sha256))


@router.post("/dossier-pruefen")
async def prove_file(page: MemberPage, sent: CheckedMedia) -> Response:
    """Look a file up."""
    _, file = sent
    content = await file.read() if file else b""
    if not content:
        faults = Faults()
        faults.add("datei", page.say("Bitte wählen Sie die JSON-Datei des Dossiers."))
        return _proof(page, faults=faults)
    try:
        return _proof(page, verdict=await page.services.dossiers.verify(content))
    except ApiProblem as problem:
        if problem.status not in (413, 422):
            raise
        return _proof(page, faults=refused(problem, page.locale))


def _proof(
    page: Page, *, sha256: str = "", verdict: Verdict | None = None, faults: Faults | None = None
) -> HTMLResponse:
    return page.render(
        "dossiers/prove.html",
        status=422 if faults else 200,
        sha256=sha256,
        verdict=verdict,
        faults=faults or Faults(),
    )
