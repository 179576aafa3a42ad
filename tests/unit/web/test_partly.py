"""Parts of a page: there, missing, down, or too slow."""

import asyncio

import pytest
from web.api.problem import ApiProblem
from web.partly import part


async def answer() -> str:
    return "here"


async def refuse(status: int) -> str:
    raise ApiProblem(status, "x")


async def never() -> str:
    await asyncio.Event().wait()
    return "never"


async def test_an_answer_is_there() -> None:
    found = await part(answer())
    assert found.there
    assert found.value == "here"


@pytest.mark.parametrize(("status", "down"), [(404, False), (403, False), (503, True), (500, True)])
async def test_what_does_not_exist_is_told_from_what_does_not_answer(status: int, down: bool) -> None:
    found = await part(refuse(status))
    assert not found.there
    assert found.down is down


async def test_what_takes_too_long_counts_as_down() -> None:
    assert (await part(never(), seconds=0.01)).down


async def test_a_refused_token_still_stops_the_page() -> None:
    with pytest.raises(ApiProblem):
        await part(refuse(401))
