"""`/einstellungen`: whether mails are wanted beside the inbox."""

from fastapi import APIRouter
from fastapi.responses import Response

from web.flash import Flash
from web.page import CheckedForm, UserPage
from web.partly import part

router = APIRouter()


@router.get("/einstellungen")
async def preferences(page: UserPage) -> Response:
    """Show the settings, as far as they can be read."""
    return page.render("preferences.html", preferences=await part(page.services.notify.preferences()))


@router.post("/einstellungen")
async def save(page: UserPage, form: CheckedForm) -> Response:
    """Save the settings."""
    await page.services.notify.save_preferences(email=form.text("email") == "ja")
    return page.go("/einstellungen", Flash("Ihre Einstellungen sind gespeichert."))
