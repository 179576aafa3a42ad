"""The inbox page by page, and what it answers to what it cannot take, word by word."""

import json
from collections.abc import Callable

import httpx
import pytest
from servicekit.testing import wait

from .conftest import Headers, Provider

Login = Callable[..., Headers]


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    return answer.status_code, body["slug"], body["detail"]


async def test_the_inbox_is_read_page_by_page_and_marked_as_read(
    api: httpx.AsyncClient, provider: Provider, login: Login, user: str
) -> None:
    mine = login(user)
    await provider.join(user)
    for number in range(5):
        await provider.publish(provider.changes_requested(name=f"Lösung {number}"))

    async def complete() -> bool:
        return bool((await api.get("/inbox", headers=mine)).json()["unread"] == 5)

    await wait.until(complete)
    whole = [item["id"] for item in (await api.get("/inbox", headers=mine)).json()["items"]]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/inbox", params=query, headers=mine)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert (await api.post(f"/inbox/{whole[0]}/read", headers=mine)).json() == {"unread": 4}
    assert (await api.post(f"/inbox/{whole[0]}/read", headers=mine)).json() == {"unread": 4}
    unread = (await api.get("/inbox", params={"unread": "true"}, headers=mine)).json()
    assert [item["id"] for item in unread["items"]] == whole[1:]
    assert (await api.post("/inbox/read-all", headers=mine)).json() == {"unread": 0}
    assert (await api.get("/inbox", params={"unread": "true"}, headers=mine)).json() == {
        "items": [],
        "unread": 0,
        "next_cursor": None,
    }


async def test_a_message_of_somebody_else_is_not_there(
    api: httpx.AsyncClient, provider: Provider, login: Login, user: str
) -> None:
    await provider.join(user)
    await provider.publish(provider.changes_requested())

    async def there() -> str:
        items = (await api.get("/inbox", headers=login(user))).json()["items"]
        return str(items[0]["id"]) if items else ""

    message = await wait.until(there)
    assert problem(await api.post(f"/inbox/{message}/read", headers=login("demo-municipality"))) == (
        404,
        "message-not-found",
        f"there is no message {message} in your inbox",
    )


@pytest.mark.parametrize(("method", "path"), [("GET", "/inbox"), ("POST", "/inbox/read-all"), ("GET", "/preferences")])
async def test_an_inbox_needs_a_login(api: httpx.AsyncClient, method: str, path: str) -> None:
    assert problem(await api.request(method, path)) == (
        401,
        "not-authenticated",
        "log in: this needs a bearer token",
    )
    nonsense = {"Authorization": "Bearer a.b.c"}
    assert problem(await api.request(method, path, headers=nonsense))[:2] == (401, "invalid-token")


async def test_requests_with_the_wrong_shape_are_refused(api: httpx.AsyncClient, login: Login, user: str) -> None:
    mine = login(user)
    unknown = await api.put("/preferences", json={"email": True, "sms": True}, headers=mine)
    assert problem(unknown)[:2] == (422, "invalid-request")
    assert unknown.json()["errors"] == [{"field": "sms", "message": "Extra inputs are not permitted"}]
    wrong = await api.put("/preferences", json={"email": "no"}, headers=mine)
    assert wrong.json()["errors"] == [{"field": "email", "message": "Input should be a valid boolean"}]
    assert problem(await api.get("/inbox", params={"limit": 101}, headers=mine))[:2] == (422, "invalid-request")
    assert problem(await api.get("/inbox", params={"cursor": "eyJwYWdlIjoyfQ"}, headers=mine)) == (
        400,
        "bad-cursor",
        "the cursor is not one that this service handed out",
    )


async def test_a_malformed_event_is_set_aside_and_the_next_one_told(
    api: httpx.AsyncClient, provider: Provider, login: Login, user: str
) -> None:
    await provider.join(user)
    event = provider.changes_requested()
    broken = json.loads(event.to_bytes())
    del broken["time"]
    subject = f"events.review.changes_requested.v1.{provider.solution_id}"
    await provider.js.publish(subject, json.dumps(broken).encode())
    await provider.publish(event)

    async def told() -> bool:
        return bool((await api.get("/inbox", headers=login(user))).json()["unread"] == 1)

    await wait.until(told)

    async def set_aside() -> bool:
        return (await provider.js.stream_info("DLQ")).state.messages == 1

    await wait.until(set_aside)
    letter = await provider.js.get_msg("DLQ", (await provider.js.stream_info("DLQ")).state.last_seq)
    assert letter.headers is not None
    assert "time: Field required" in letter.headers["Dlq-Reason"]
    assert letter.headers["Dlq-Durable"] == "notify-events"
