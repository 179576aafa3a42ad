"""What can be done only once is taken for done when its answer was lost, and for refused when it was not."""

from collections.abc import AsyncIterator

import httpx
import pytest
from servicekit.testing.story import Story

SUBMITTED = {"id": "comby", "state": "in_review"}


class Catalog:
    """Answers a submission with these statuses, one after another."""

    def __init__(self, *statuses: int) -> None:
        self.keys: list[str] = []
        self._statuses = list(statuses)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=SUBMITTED)
        self.keys.append(request.headers["Idempotency-Key"])
        status = self._statuses.pop(0)
        return httpx.Response(status, json=SUBMITTED if status == 202 else {"slug": "already-in-review"})


@pytest.fixture
async def story() -> AsyncIterator[Story]:
    async with Story("http://catalog", "http://issuer") as driven:
        yield driven


async def submit(story: Story, catalog: Catalog) -> object:
    await story.http.aclose()
    story.http = httpx.AsyncClient(base_url="http://catalog", transport=httpx.MockTransport(catalog))
    return await story.once(202, "/submit", "already-in-review", "/working", token="t")


async def test_an_answer_is_what_it_is(story: Story) -> None:
    catalog = Catalog(503, 202)
    assert await submit(story, catalog) == SUBMITTED
    assert len(set(catalog.keys)) == 1, "every attempt has the same key"


async def test_a_lost_answer_is_read_where_it_shows(story: Story) -> None:
    assert await submit(story, Catalog(503, 409)) == SUBMITTED


async def test_a_refusal_at_once_is_one(story: Story) -> None:
    with pytest.raises(AssertionError, match="already-in-review"):
        await submit(story, Catalog(409))
