"""`/health/*`: whether the process lives and may take traffic."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from web import assets

router = APIRouter()


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Ready when the pages can be rendered with their style; services that are down have error pages instead."""
    absent = assets.missing()
    built = hasattr(request.app.state, "container")
    checks = {
        "assets": "ok" if not absent else "missing: " + ", ".join(absent),
        "container": "ok" if built else "not built",
    }
    fine = not absent and built
    return JSONResponse({"status": "ok" if fine else "unready", "checks": checks}, status_code=200 if fine else 503)
