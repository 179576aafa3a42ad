"""Mails while the mail server is away, refuses, or the service is killed; and what people want."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from contracts.people import PersonErased, PersonErasedData
from notify.application.contacts import on_erased
from notify.domain.contact import Contact
from notify.main import command_line
from notify.settings import NotifySettings
from notify.wiring import build
from servicekit.testing import wait
from servicekit.testing.queries import Queries
from servicekit.testing.servers import SmtpServer
from typer.testing import CliRunner

from .conftest import Headers, Provider, ScriptedMailServer, running

Login = Callable[..., Headers]


async def mail_of(stored: Any, state: str) -> dict[str, Any]:
    """Wait until the one mail of the test is in a state."""

    async def there() -> dict[str, Any]:
        messages = [document async for document in stored["messages"].find({"mail.state": state})]
        assert len(messages) == 1
        mail: dict[str, Any] = messages[0]["mail"]
        return mail

    return await wait.until(there, message=f"a mail is {state}")


async def test_mails_wait_while_the_mail_server_is_away_and_over_a_restart(
    settings: NotifySettings, provider: Provider, mail_server: ScriptedMailServer, stored: Any, user: str
) -> None:
    away = settings.model_copy(update={"smtp_url": mail_server.url})
    async with running(away):
        await provider.join(user, f"{user}@example.org")
        for name in ("Eins", "Zwei"):
            await provider.publish(provider.changes_requested(name=name))

        async def tried() -> bool:
            return bool(await stored["messages"].count_documents({"mail.reason": {"$regex": "SMTPConnect"}}))

        await wait.until(tried)
        await wait.until(provider.settled)
    async with running(away):
        await mail_server.open()
        await wait.until(lambda: len(mail_server.mails) == 2)

        async def sent() -> bool:
            return bool(await stored["messages"].count_documents({"mail.state": "sent"}) == 2)

        await wait.until(sent)
    documents = [document async for document in stored["messages"].find()]
    assert [document["mail"]["attempts"] for document in documents] == [1, 1]
    assert len(mail_server.mails) == 2


async def test_a_mail_that_is_not_taken_now_is_tried_again(
    settings: NotifySettings, provider: Provider, mail_server: ScriptedMailServer, stored: Any, user: str
) -> None:
    await mail_server.open()
    mail_server.answers = ["451 try again later"]
    async with running(settings.model_copy(update={"smtp_url": mail_server.url})):
        await provider.join(user, f"{user}@example.org")
        await provider.publish(provider.changes_requested())
        sent = await mail_of(stored, "sent")
    assert (sent["attempts"], sent["reason"], len(mail_server.mails)) == (2, None, 1)


async def test_a_mail_that_is_never_taken_fails_with_the_reason(
    settings: NotifySettings, provider: Provider, mail_server: ScriptedMailServer, stored: Any, user: str
) -> None:
    await mail_server.open()
    mail_server.answers = ["451 greylisted", "451 greylisted", "452 mailbox full"]
    async with running(settings.model_copy(update={"smtp_url": mail_server.url})):
        await provider.join(user, f"{user}@example.org")
        await provider.publish(provider.changes_requested())
        failed = await mail_of(stored, "failed")
        assert (failed["attempts"], failed["reason"]) == (3, "gave up after 3 attempts: 452 mailbox full")
        mail_server.answers = ["550 no such user"]
        await stored["messages"].delete_many({})
        await provider.publish(provider.changes_requested())
        refused = await mail_of(stored, "failed")
        assert (refused["attempts"], refused["reason"]) == (1, "550 no such user")
    assert mail_server.mails == []


async def test_a_mail_whose_process_died_is_sent_by_the_next_one_after_the_lease(
    settings: NotifySettings, provider: Provider, mails: SmtpServer, stored: Any, user: str
) -> None:
    unreachable = settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:1"})
    async with running(unreachable):
        await provider.join(user, f"{user}@example.org")
        await provider.publish(provider.changes_requested())
        await mail_of(stored, "waiting")
    (document,) = [document async for document in stored["messages"].find()]
    claimed = document["mail"]["due_at"] + timedelta(seconds=settings.notify_lease_seconds / 3)
    await stored["messages"].update_one({}, {"$set": {"claim": "a process that died", "mail.due_at": claimed}})
    async with running(settings):
        sent = await mail_of(stored, "sent")
    assert sent["done_at"] >= claimed
    assert len(mails.messages(to=f"{user}@example.org")) == 1


async def test_who_has_no_address_gets_the_inbox_only(
    settings: NotifySettings, provider: Provider, stored: Any, user: str
) -> None:
    async with running(settings):
        await provider.join(user, "not an address")
        await provider.publish(provider.changes_requested())
        failed = await mail_of(stored, "failed")
    assert failed["reason"] == "gave up after 3 attempts: no e-mail address of the recipient is known"


async def test_an_address_that_comes_late_is_still_used(
    settings: NotifySettings, provider: Provider, mails: SmtpServer, login: Login, user: str
) -> None:
    patient = settings.model_copy(update={"notify_mail_attempts": 50})
    async with running(patient) as api:
        await provider.join(user)
        await provider.publish(provider.changes_requested())
        await wait.until(provider.settled)
        mine = login(user, email=f"{user}@mail.example.org")
        assert (await api.get("/preferences", headers=mine)).json() == {
            "email": True,
            "address": f"{user}@mail.example.org",
            "watching": "at_once",
        }
        await wait.until(lambda: len(mails.messages(to=f"{user}@mail.example.org")) == 1)


async def test_who_wants_no_mails_gets_none(
    settings: NotifySettings, provider: Provider, mails: SmtpServer, stored: Any, login: Login, user: str
) -> None:
    async with running(settings) as api:
        await provider.join(user, f"{user}@example.org")
        off = await api.put("/preferences", json={"email": False}, headers=login(user))
        assert (off.status_code, off.json()["email"]) == (200, False)
        await provider.publish(provider.changes_requested())
        skipped = await mail_of(stored, "skipped")
        assert skipped["reason"] == "the recipient does not want e-mails"
        assert (await api.get("/inbox", headers=login(user))).json()["unread"] == 1
    assert mails.messages(to=f"{user}@example.org") == []


async def test_the_link_in_a_mail_stops_mails_without_a_login(
    settings: NotifySettings, provider: Provider, mails: SmtpServer, login: Login, user: str
) -> None:
    async with running(settings) as api:
        await provider.join(user, f"{user}@example.org")
        await provider.publish(provider.changes_requested())
        (mail,) = await wait.until(lambda: mails.messages(to=f"{user}@example.org"))
        link = httpx.URL(mail["headers"]["List-Unsubscribe"].strip("<>"))
        token = link.params["token"]
        page = await api.get("/unsubscribe", params={"token": token})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert 'method="post"' in page.text
        assert (await api.get("/preferences", headers=login(user))).json()["email"] is True
        done = await api.post("/unsubscribe", params={"token": token}, data={"List-Unsubscribe": "One-Click"})
        assert (done.status_code, "E-Mails sind abbestellt" in done.text) == (200, True)
        assert (await api.get("/preferences", headers=login(user))).json()["email"] is False
        for wrong in ({"token": token[:-2]}, {}):
            refused = await api.post("/unsubscribe", params=wrong)
            assert (refused.status_code, "Dieser Link gilt nicht" in refused.text) == (400, True)


async def test_who_leaves_is_forgotten(
    settings: NotifySettings, provider: Provider, stored: Any, login: Login, user: str
) -> None:
    async with running(settings) as api:
        await provider.join(user, f"{user}@example.org")
        await provider.publish(provider.changes_requested())
        await mail_of(stored, "sent")
        assert await stored["contacts"].find_one({"_id": user}) is not None
        await provider.leave(user)

        async def forgotten() -> bool:
            return await stored["contacts"].find_one({"_id": user}) is None

        await wait.until(forgotten)

        async def emptied() -> bool:
            return bool(await stored["messages"].count_documents({}) == 0)

        await wait.until(emptied)
        assert (await api.get("/inbox", headers=login(user, email="x"))).json()["items"] == []


async def test_who_wants_to_be_forgotten_is_unless_back_already(
    settings: NotifySettings,
    provider: Provider,
    stored: Any,
    login: Login,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def erased() -> PersonErased:
        return PersonErased.new(PersonErasedData(user=user), aggregate_id=f"list-{user}", time=datetime.now(UTC))

    async with running(settings) as api:
        await provider.join(user, f"{user}@example.org")
        await api.put("/preferences", json={"email": True, "watching": "daily"}, headers=login(user))
        await provider.publish(provider.changes_requested())
        await mail_of(stored, "sent")
        await stored["messages"].update_many({}, {"$set": {"recipient": f"address:{user}@example.org"}})
        await provider.publish(provider.changes_requested())
        await wait.until(lambda: stored["messages"].find_one({"recipient": f"user:{user}"}))
        late = erased()
        for _ in range(2):
            await provider.publish(late)
            await wait.until(lambda: provider.settled("PRIVATE", "notify-contacts"))
        for kept in ("contacts", "preferences"):
            assert await stored[kept].find_one({"_id": user}) is None
        assert await stored["messages"].count_documents({}) == 0

        await provider.join(user, "neu@example.org")
        info = await provider.js.consumer_info("PRIVATE", "notify-contacts")
        async with build(settings) as container:
            back = erased()
            await on_erased(container.ports, back, sequence=1)
            assert await container.ports.contacts.get(user) == Contact(user, "neu@example.org")
            asked = Queries(container.platform.db, monkeypatch)
            await on_erased(container.ports, back, sequence=info.delivered.stream_seq + 1)
            assert await container.ports.contacts.get(user) is None
            assert {"contacts", "messages", "watch_digests"} <= asked.collections(user)
            assert await asked.unserved(user) == []


async def test_an_old_membership_event_cannot_bring_an_erased_address_back(
    settings: NotifySettings, provider: Provider, stored: Any, user: str
) -> None:
    contact = Contact(user, f"{user}@example.org")
    async with build(settings) as container:
        contacts = container.ports.contacts
        await contacts.joined(contact, "org-a", sequence=1)
        await contacts.joined(contact, "org-b", sequence=2)
        assert await contacts.left(user, "org-a", sequence=3) is True
        assert await contacts.get(user) == contact
        assert await contacts.left(user, "org-b", sequence=4) is True
        assert await contacts.get(user) is None
        await contacts.joined(contact, "org-b", sequence=2)
        assert await contacts.get(user) is None
        assert await contacts.left(user, "org-b", sequence=2) is False
        await contacts.joined(contact, "org-b", sequence=5)
        assert await contacts.get(user) == contact


async def test_two_processes_send_each_mail_once(
    settings: NotifySettings, provider: Provider, mails: SmtpServer, stored: Any, user: str
) -> None:
    async with running(settings), running(settings):
        await provider.join(user, f"{user}@example.org")
        for number in range(20):
            await provider.publish(provider.changes_requested(name=f"Lösung {number}"))

        async def sent() -> bool:
            return bool(await stored["messages"].count_documents({"mail.state": "sent"}) == 20)

        await wait.until(sent)
    received = mails.messages(to=f"{user}@example.org")
    assert len({mail["headers"]["Message-ID"] for mail in received}) == len(received) == 20


async def test_an_operator_sees_failed_mails_and_has_them_tried_again(
    settings: NotifySettings, provider: Provider, mail_server: ScriptedMailServer, stored: Any, user: str
) -> None:
    await mail_server.open()
    mail_server.answers = ["550 no such user"]
    scripted = settings.model_copy(update={"smtp_url": mail_server.url})
    async with running(scripted):
        await provider.join(user, f"{user}@example.org")
        await provider.publish(provider.changes_requested())
        await mail_of(stored, "failed")
        printed = await operator(scripted, "mails")
        assert "failed   1" in printed
        assert f"changes_requested user:{user}: 550 no such user" in printed
        assert "1 mails will be tried again" in await operator(scripted, "retry-mails")
        await mail_of(stored, "sent")
    assert len(mail_server.mails) == 1


async def operator(settings: NotifySettings, command: str) -> str:
    """Run an operator's command and return what it prints."""
    given = {
        "NATS_URL": settings.nats_url,
        "MONGODB_URL": settings.mongodb_url,
        "MONGODB_DATABASE": settings.mongodb_database,
        "OIDC_ISSUER": settings.oidc_issuer,
        "SMTP_URL": settings.smtp_url,
    }
    done = await asyncio.to_thread(CliRunner().invoke, command_line(), [command], env=given)
    assert done.exit_code == 0, done.output
    return done.output
