"""`/posteingang`: what the marketplace has told the user, and why."""

from fastapi import APIRouter
from fastapi.responses import Response

from web.flash import Flash
from web.links import own_link
from web.page import CheckedForm, UserPage

router = APIRouter()


@router.get("/posteingang")
async def inbox(page: UserPage, nur: str = "", cursor: str = "") -> Response:
    """List the messages, newest first; `nur=ungelesen` leaves out the read ones."""
    only_unread = nur == "ungelesen"
    found = await page.services.notify.inbox(
        unread=only_unread or None, cursor=cursor or None, language=page.locale.language
    )
    public_url = page.container.settings.public_url
    linked = [(message, own_link(message.link, public_url)) for message in found.items]
    return page.render("inbox.html", found=found, linked=linked, only_unread=only_unread, cursor=cursor)


@router.post("/posteingang/gelesen")
async def read_all(page: UserPage, _: CheckedForm) -> Response:
    """Mark every message as read."""
    await page.services.notify.mark_all_read()
    return page.go("/posteingang", Flash("Alle Nachrichten sind als gelesen markiert."))


@router.post("/posteingang/{message_id}/gelesen")
async def read_one(page: UserPage, message_id: str, form: CheckedForm) -> Response:
    """Mark one message as read and follow its link when that was asked for."""
    await page.services.notify.mark_read(message_id)
    link = own_link(form.text("link"), page.container.settings.public_url)
    return page.go(link or "/posteingang")
