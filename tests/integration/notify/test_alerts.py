"""An alert of a saved search reaches its owner alone, once, and is erased with the owner's last membership."""

from collections.abc import Callable
from typing import Any

import httpx
from contracts.envelope import Event
from contracts.ids import uuid7
from contracts.subjects import subject_of
from servicekit.testing import wait
from servicekit.testing.servers import SmtpServer

from .conftest import Headers, Provider
from .events import alerted

Login = Callable[..., Headers]


async def inbox(api: httpx.AsyncClient, headers: Headers) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get("/inbox", headers=headers)).json()["items"]
    return items


async def until_titles(api: httpx.AsyncClient, headers: Headers, *titles: str) -> list[dict[str, Any]]:
    async def there() -> bool:
        return sorted(item["title"] for item in await inbox(api, headers)) == sorted(titles)

    await wait.until(there, message=f"{titles} in the inbox")
    return await inbox(api, headers)


async def test_the_owner_is_told_in_the_inbox_and_by_mail_and_nobody_else(
    api: httpx.AsyncClient, provider: Provider, mails: SmtpServer, login: Login, user: str
) -> None:
    colleague = f"user-{uuid7()}"
    await provider.join(user, f"{user}@example.org", "Petra Muster")
    await provider.join(colleague, f"{colleague}@example.org")
    await provider.publish(alerted(user))
    (item,) = await until_titles(
        api, login(user), "Neues zu Ihrer Suche „Mitfahrbänke“: Comby (neu auf dem Marktplatz)"
    )
    assert (item["kind"], item["link"]) == ("saved_search_alerted", "/loesungen/comby")
    assert item["reason"] == "Sie haben die Suche „Mitfahrbänke“ gespeichert und möchten sofort davon hören."
    (mail,) = await wait.until(lambda: mails.messages(to=f"{user}@example.org"))
    assert mail["subject"] == "Neues zu Ihrer Suche „Mitfahrbänke“: Comby (neu auf dem Marktplatz)"
    for body in (mail["text"], mail["html"]):
        assert "https://marktplatz.example.org/meine-suchen" in body
        assert "/api/notify/unsubscribe?token=" in body
    assert await inbox(api, login(colleague)) == []
    assert mails.messages(to=f"{colleague}@example.org") == []


async def test_the_same_alert_again_is_told_once(
    api: httpx.AsyncClient, provider: Provider, login: Login, user: str
) -> None:
    event = alerted(user)
    await provider.publish(event)
    await provider.js.publish(subject_of(event), event.to_bytes())  # without its id the stream keeps it twice
    await provider.publish(alerted(user, name="Zweite"))
    await until_titles(
        api,
        login(user),
        "Neues zu Ihrer Suche „Mitfahrbänke“: Comby (neu auf dem Marktplatz)",
        "Neues zu Ihrer Suche „Zweite“: Comby (neu auf dem Marktplatz)",
    )
    await wait.until(lambda: provider.settled("PRIVATE", "notify-alerts"))
    assert len(await inbox(api, login(user))) == 2


async def test_who_wants_no_mails_finds_alerts_in_the_inbox(
    api: httpx.AsyncClient, provider: Provider, mails: SmtpServer, login: Login, user: str, stored: Any
) -> None:
    await provider.join(user, f"{user}@example.org")
    assert (await api.put("/preferences", json={"email": False}, headers=login(user))).status_code == 200
    await provider.publish(alerted(user))
    await until_titles(api, login(user), "Neues zu Ihrer Suche „Mitfahrbänke“: Comby (neu auf dem Marktplatz)")
    await wait.until(lambda: stored["messages"].count_documents({"mail.state": "skipped"}))
    assert mails.messages(to=f"{user}@example.org") == []


async def test_alerts_are_erased_with_the_last_membership_and_not_before(
    api: httpx.AsyncClient, provider: Provider, login: Login, user: str
) -> None:
    other = Provider(provider.js, name="Zweite GmbH")
    event: Event = alerted(user)
    for organisation in (provider, other):
        await organisation.join(user, f"{user}@example.org")
    await provider.publish(event)
    await until_titles(api, login(user), "Neues zu Ihrer Suche „Mitfahrbänke“: Comby (neu auf dem Marktplatz)")
    await provider.leave(user)
    await wait.until(lambda: provider.settled("PRIVATE", "notify-contacts"))
    assert len(await inbox(api, login(user))) == 1
    await other.leave(user)
    await until_titles(api, login(user, email="x"))
