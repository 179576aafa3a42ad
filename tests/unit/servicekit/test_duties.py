"""Duties are carried out again and again, also after failures, of which the first is told."""

from servicekit.duties import on_duty
from servicekit.testing import wait
from structlog.testing import capture_logs


async def test_what_is_due_is_done_until_nothing_is_left_and_again_after_failures() -> None:
    seen: list[str] = []
    due = [ConnectionError("away"), ConnectionError("still away"), 2, 0, ValueError("broken")]

    async def duty() -> int:
        outcome = due.pop(0) if due else 0
        seen.append(str(outcome))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    with capture_logs() as lines:
        async with on_duty([duty], interval_seconds=0.001, name="errands"):
            await wait.until(lambda: len(seen) > 6)
    assert seen[:6] == ["away", "still away", "2", "0", "broken", "0"]
    told = [(each["name"], each["error"], bool(each["exc_info"])) for each in lines if each["event"] == "duties wait"]
    assert told == [("errands", "ConnectionError('away')", False), ("errands", "ValueError('broken')", True)]
