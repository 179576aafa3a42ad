"""What happened becomes one message for each person concerned, in the inbox and by mail."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from contracts.envelope import Event
from contracts.ids import derived_id, uuid7
from servicekit.testing import wait
from servicekit.testing.servers import SmtpServer

from .conftest import TEAM, Headers, Provider
from .events import decided, failed, onboarded, published, rated, scored

Login = Callable[..., Headers]


async def inbox(api: httpx.AsyncClient, headers: Headers, count: int) -> list[dict[str, Any]]:
    """Wait until so many messages are there and return them."""

    async def complete() -> list[dict[str, Any]]:
        answer = await api.get("/inbox", params={"limit": 100}, headers=headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        assert len(items) == count
        return items

    return await wait.until(complete, message=f"{count} messages in the inbox")


async def test_a_request_for_changes_reaches_every_member_of_the_provider(
    api: httpx.AsyncClient, provider: Provider, mails: SmtpServer, login: Login
) -> None:
    first, second = f"user-{uuid7()}", f"user-{uuid7()}"
    await provider.join(first, f"{first}@example.org", "Petra Muster")
    await provider.join(second, f"{second}@example.org")
    event = provider.changes_requested()
    await provider.publish(event)
    message_id = derived_id("message", event.id, f"user:{first}")

    (mail,) = await wait.until(lambda: mails.messages(to=f"{first}@example.org"))
    assert mail["subject"] == "Änderungen erbeten: „DorfFunk“"
    assert mail["headers"]["From"] == "Marktplatz <marktplatz@example.org>"
    assert mail["headers"]["To"] == f"Petra Muster <{first}@example.org>"
    assert mail["headers"]["Message-ID"] == f"<{message_id}@example.org>"
    assert "Sie sind Mitglied der Organisation „Musterlösungen GmbH“." in mail["text"]
    assert f"https://marktplatz.example.org/meine-loesungen/{provider.solution_id}" in mail["html"]
    assert mail["headers"]["List-Unsubscribe"].startswith(
        "<https://marktplatz.example.org/api/notify/unsubscribe?token="
    )
    await wait.until(lambda: len(mails.messages(to=f"{second}@example.org")) == 1)

    (item,) = await inbox(api, login(first), 1)
    assert item == {
        "id": message_id,
        "kind": "changes_requested",
        "title": "Änderungen erbeten: „DorfFunk“",
        "text": item["text"],
        "link": f"/meine-loesungen/{provider.solution_id}",
        "created_at": item["created_at"],
        "read": False,
        "reason": "Sie sind Mitglied der Organisation „Musterlösungen GmbH“.",
    }
    assert "Bitte ergänzen" in item["text"]
    await inbox(api, login(second), 1)


async def test_a_submission_reaches_the_team_each_reader_for_itself(
    api: httpx.AsyncClient, provider: Provider, mails: SmtpServer, login: Login
) -> None:
    one, other = login(f"user-{uuid7()}", "reviewer"), login(f"user-{uuid7()}", "reviewer", "curator")
    await provider.publish(provider.submitted())
    (item,) = await inbox(api, one, 1)
    assert (item["kind"], item["title"]) == (
        "solution_submitted",
        "Neu eingereicht: „DorfFunk“ von Musterlösungen GmbH",
    )
    assert item["link"] == f"/pruefung/{derived_id('case', provider.solution_id, '1')}"
    assert item["reason"] == "Sie gehören zum Prüfteam des Marktplatzes."
    read = await api.post(f"/inbox/{item['id']}/read", headers=one)
    assert (read.status_code, read.json()) == (200, {"unread": 0})
    assert (await inbox(api, one, 1))[0]["read"] is True
    assert (await inbox(api, other, 1))[0]["read"] is False
    outsider = login(f"user-{uuid7()}")
    assert (await api.get("/inbox", headers=outsider)).json()["items"] == []
    (mail,) = await wait.until(lambda: mails.messages(to=TEAM))
    assert "Der Betrieb des Marktplatzes kann sie austragen." in mail["text"]
    assert "List-Unsubscribe" not in mail["headers"]


async def test_the_same_event_again_gives_one_message_and_one_mail(
    api: httpx.AsyncClient, provider: Provider, mails: SmtpServer, login: Login, user: str
) -> None:
    await provider.join(user, f"{user}@example.org")
    event = provider.changes_requested()
    await provider.publish(event)
    await inbox(api, login(user), 1)
    subject = f"events.review.changes_requested.v1.{provider.solution_id}"
    await provider.js.publish(subject, event.to_bytes())
    await wait.until(provider.settled)
    after = provider.changes_requested(name="Zweite")
    await provider.publish(after)
    await inbox(api, login(user), 2)
    received = await wait.until(lambda: len(found := mails.messages(to=f"{user}@example.org")) >= 2 and found)
    assert sorted(mail["subject"] for mail in received) == [
        "Änderungen erbeten: „DorfFunk“",
        "Änderungen erbeten: „Zweite“",
    ]


@pytest.mark.parametrize(
    ("event", "title", "mailed"),
    [
        (lambda provider: decided(provider, "approved"), "Prüfung bestanden: „DorfFunk“", True),
        (lambda provider: decided(provider, "rejected"), "Prüfung nicht bestanden: „DorfFunk“", True),
        (published, "Veröffentlicht: „DorfFunk“", False),
        (lambda provider: scored(provider, measurable=True), "Checkup fertig: „dorffunk“", True),
        (lambda provider: scored(provider, measurable=False), "Checkup ohne Messwerte: „dorffunk“", False),
        (failed, "Checkup nicht möglich: „dorffunk“", True),
        (rated, "Neue Bewertung: „DorfFunk“", True),
        (onboarded, "Freigeschaltet: Musterlösungen GmbH", True),
    ],
)
async def test_the_provider_hears_of_everything_that_concerns_it(
    api: httpx.AsyncClient,
    provider: Provider,
    mails: SmtpServer,
    login: Login,
    user: str,
    event: Callable[[Provider], Event],
    title: str,
    mailed: bool,
) -> None:
    await provider.join(user, f"{user}@example.org")
    await provider.publish(event(provider))
    (item,) = await inbox(api, login(user), 1)
    assert item["title"] == title
    await provider.publish(provider.changes_requested(name="Danach"))

    def subjects() -> list[str]:
        found = [mail["subject"] for mail in mails.messages(to=f"{user}@example.org")]
        return found if any("Danach" in subject for subject in found) else []

    assert (title in await wait.until(subjects)) is mailed


async def test_a_checkup_is_named_as_the_solution_is(
    api: httpx.AsyncClient, provider: Provider, login: Login, user: str
) -> None:
    await provider.join(user)
    await provider.publish(provider.submitted())
    await wait.until(provider.settled)
    await provider.publish(scored(provider, measurable=True))
    (item,) = await inbox(api, login(user), 1)
    assert item["title"] == "Checkup fertig: „DorfFunk“"


async def test_an_event_of_an_unknown_organisation_concerns_nobody_and_is_done_with(
    api: httpx.AsyncClient, provider: Provider
) -> None:
    await provider.publish(provider.changes_requested())
    await wait.until(provider.settled)
    assert (await provider.js.stream_info("DLQ")).state.messages == 0


async def test_names_from_outside_break_neither_mail_nor_inbox(
    api: httpx.AsyncClient, provider: Provider, mails: SmtpServer, login: Login, user: str
) -> None:
    hostile = 'X\r\nBcc: all@example.org <script>alert("1")</script>'
    await provider.join(user, f"{user}@example.org", 'Petra"\r\nBcc: all@example.org')
    await provider.publish(provider.changes_requested(name=hostile, message="<b>fett</b>"))
    (item,) = await inbox(api, login(user), 1)
    assert "\n" not in item["title"]
    (mail,) = await wait.until(lambda: mails.messages(to=f"{user}@example.org"))
    assert mail["recipients"] == [f"{user}@example.org"]
    assert "Bcc" not in mail["headers"]
    assert "<script" not in mail["html"]
    assert "&lt;b&gt;fett&lt;/b&gt;" in mail["html"]
