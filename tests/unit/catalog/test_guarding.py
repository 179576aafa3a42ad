"""The lifecycle guard with a moved clock: reminders once, expiry on the day after, and the way back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import typer
from catalog.application import guard_policies, mapping, queries
from catalog.application.commands import solutions as commands
from catalog.domain import correcting, guarding, lifecycle, review, term
from catalog.domain.organisation import Organisation
from catalog.domain.solution import Delisted, Solution, SolutionState, TermDue, VersionState
from catalog.domain.term import ShiftKind, TermKind
from catalog.entrypoints.guard import add_to, carry_out
from catalog.main import service
from catalog.settings import CatalogSettings
from contracts import registry
from contracts.catalog import SolutionDelisted, SolutionPublished
from contracts.guard import SolutionStandingChanged, SolutionTermDue
from contracts.listing import Listing
from servicekit.errors import ProblemError
from servicekit.process import Service
from structlog.testing import capture_logs
from typer.testing import CliRunner

from .fakes import World
from .given import (
    CURATOR,
    EDITOR,
    READER,
    STRANGER,
    a_draft,
    a_listing,
    approved,
    in_review,
    minutes,
    published,
)

FIRST = date(2027, 3, 2)
"""The last day of what the words of these tests publish on 2 March 2026."""


def certified(*certificates: tuple[str, str], **answers: Any) -> Listing:
    records = [{"kind": kind, "until": until} for kind, until in certificates]
    return a_listing(answers={"certificates": records, **answers})


def rounds(solution: Solution, *days: date) -> tuple[Solution, list[tuple[date, str, int]]]:
    """The solution after rounds of the guard at the beginning of these days, and what was told on which."""
    told = []
    for day in days:
        change = guarding.pass_time(solution, term.begin(day))
        solution = change.state
        told += [(day, each.term.kind.value, each.days) for each in change.events if isinstance(each, TermDue)]
    return solution, told


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def test_reminders_come_60_30_and_7_days_before_and_the_listing_goes_on_the_day_after() -> None:
    solution, told = rounds(published(), *every_day(date(2026, 3, 2), date(2027, 3, 10)))
    assert told == [
        (date(2027, 1, 1), "confirmation", 60),
        (date(2027, 1, 31), "confirmation", 30),
        (date(2027, 2, 23), "confirmation", 7),
        (date(2027, 3, 3), "confirmation", 0),
    ]
    assert solution.state is SolutionState.EXPIRED
    assert solution.expired is not None
    assert solution.expired.at == datetime(2027, 3, 2, 23, tzinfo=UTC)


def test_after_forty_days_without_workers_only_the_nearest_reminder_is_made_up_for() -> None:
    _, told = rounds(published(), date(2026, 12, 31), date(2027, 2, 9), date(2027, 2, 10), date(2027, 2, 23))
    assert told == [(date(2027, 2, 9), "confirmation", 30), (date(2027, 2, 23), "confirmation", 7)]


def test_a_year_without_workers_takes_it_offline_without_reminders() -> None:
    solution, told = rounds(published(), date(2028, 1, 1))
    assert told == [(date(2028, 1, 1), "confirmation", 0)]
    assert solution.live is None


@pytest.mark.parametrize(
    ("confirmed", "until", "ends"),
    [
        # a leap day, and the year before one
        (datetime(2028, 2, 29, 12, tzinfo=UTC), date(2029, 2, 28), datetime(2029, 2, 28, 23, tzinfo=UTC)),
        (datetime(2027, 2, 28, 12, tzinfo=UTC), date(2028, 2, 28), datetime(2028, 2, 28, 23, tzinfo=UTC)),
        # 23:30 UTC is the next day in Germany, in winter time; 22:30 in summer time
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2028, 1, 1), datetime(2028, 1, 1, 23, tzinfo=UTC)),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), date(2027, 7, 2), datetime(2027, 7, 2, 22, tzinfo=UTC)),
        # the last day is the one on which the clock is put forward: the day after begins in summer time
        (datetime(2026, 3, 28, 12, tzinfo=UTC), date(2027, 3, 28), datetime(2027, 3, 28, 22, tzinfo=UTC)),
        # and on which it is put back
        (datetime(2026, 10, 31, 12, tzinfo=UTC), date(2027, 10, 31), datetime(2027, 10, 31, 23, tzinfo=UTC)),
    ],
)
def test_the_last_day_is_one_in_germany(confirmed: datetime, until: date, ends: datetime) -> None:
    solution = lifecycle.confirm(published(), at=confirmed).state
    assert lifecycle.confirmed_until(solution) == until
    assert guarding.pass_time(solution, ends - timedelta(milliseconds=1)).state.live is not None
    assert guarding.pass_time(solution, ends).state.live is None


def test_certificates_and_maintenance_are_reminded_of_and_told_when_passed() -> None:
    listing = certified(("iso_27001", "2026-06-30"), maintenance_type="contract", maintenance_until="2026-07-31")
    solution, told = rounds(published(a_draft(listing)), *every_day(date(2026, 3, 2), date(2026, 8, 31)))
    assert [each for each in told if each[1] == "certificate"] == [
        (date(2026, 5, 1), "certificate", 60),
        (date(2026, 5, 31), "certificate", 30),
        (date(2026, 6, 23), "certificate", 7),
        (date(2026, 7, 1), "certificate", 0),
    ]
    assert [each[2] for each in told if each[1] == "maintenance"] == [60, 30, 7, 0]
    assert solution.live is not None


def test_what_had_passed_before_it_was_published_is_no_loss_to_users() -> None:
    change = guarding.pass_time(published(a_draft(certified(("bsi_c5", "2025-01-01")))), minutes(9))
    [due] = change.events
    assert isinstance(due, TermDue)
    assert (due.days, due.relied_on) == (0, False)
    later = guarding.pass_time(published(a_draft(certified(("bsi_c5", "2026-05-01")))), minutes(60 * 24 * 90))
    assert [each.relied_on for each in later.events if isinstance(each, TermDue)] == [True]


def test_a_renewed_certificate_is_reminded_of_anew() -> None:
    solution, _ = rounds(published(a_draft(certified(("iso_27001", "2026-05-01")))), date(2026, 4, 28))
    renewed = certified(("iso_27001", "2026-12-31"))
    solution = lifecycle.save_draft(solution, renewed, at=minutes(10)).state
    solution = approved(in_review(solution), at=minutes(20))
    _, told = rounds(solution, *every_day(date(2026, 5, 1), date(2027, 1, 2)))
    assert [each[2] for each in told if each[1] == "certificate"] == [60, 30, 7, 0]


def test_dates_that_are_none_are_no_terms() -> None:
    for until in ("", "31.12.2026", "9999-12-31", "0001-01-01", "2026-02-30"):
        assert term.stated(certified(("iso_27001", until))) == ()
    assert term.stated(a_listing(answers={"certificates": "ISO 27001", "maintenance_until": "2026-12-31"})) == ()


def test_an_approved_update_confirms_and_a_correction_does_not() -> None:
    solution = published(a_draft(a_listing()))
    updated = lifecycle.save_draft(solution, a_listing("Neu"), at=minutes(5)).state
    later = datetime(2026, 9, 1, tzinfo=UTC)
    assert lifecycle.confirmed_until(approved(in_review(updated), at=later)) == date(2027, 9, 1)
    corrected = correcting.correct(solution, {"support_url": "https://a.example.org"}, by="x", at=later).state
    assert lifecycle.confirmed_until(corrected) == FIRST


def test_a_version_in_review_outlives_the_expiry_and_brings_the_listing_back() -> None:
    draft = lifecycle.save_draft(published(), a_listing("Neu"), at=minutes(5)).state
    expired, _ = rounds(in_review(draft), date(2027, 3, 3))
    assert expired.pending is not None
    assert expired.pending.state is VersionState.IN_REVIEW
    back = approved(expired, at=datetime(2027, 9, 1, tzinfo=UTC))
    assert back.live is not None
    assert (back.live.number, back.expired) == (2, None)


def test_what_was_gone_for_three_months_comes_back_by_a_review_only() -> None:
    expired, _ = rounds(published(), date(2027, 3, 3))
    last = date(2027, 6, 2)
    assert lifecycle.back_until(expired) == last
    back = lifecycle.confirm(expired, at=term.begin(last + timedelta(days=1)) - timedelta(milliseconds=1))
    assert back.state.live == expired.version(1)
    with pytest.raises(ProblemError, match="confirmation-too-late"):
        lifecycle.confirm(expired, at=term.begin(last + timedelta(days=1)))
    withdrawn = lifecycle.withdraw(expired, by=EDITOR.user, note=None, at=term.begin(date(2027, 4, 1))).state
    with pytest.raises(ProblemError, match="confirmation-too-late"):
        lifecycle.lift_withdrawal(withdrawn, at=term.begin(date(2027, 7, 1)))
    assert lifecycle.lift_withdrawal(withdrawn, at=term.begin(date(2027, 5, 1))).state.live is not None


def test_what_users_rely_on_is_compared_between_published_versions() -> None:
    former = certified(("iso_27001", "2026-12-31"), ("bsi_c5", "2025-01-01"), maintenance_type="contract")
    former = former.model_copy(update={"operator_name": "Betrieb A GmbH"})
    later = a_listing(
        operator_name="Betrieb B GmbH", deployment_status="discontinued", answers={"maintenance_type": "none"}
    )
    found = term.shifts(former, later, date(2026, 3, 2))
    assert [(each.kind, each.before, each.after) for each in found] == [
        (ShiftKind.OPERATOR, "Betrieb A GmbH", "Betrieb B GmbH"),
        (ShiftKind.DISCONTINUED, None, None),
        (ShiftKind.MAINTENANCE, "contract", None),
        (ShiftKind.CERTIFICATE, "iso_27001", None),
    ]
    assert term.shifts(former, former, date(2026, 3, 2)) == ()
    assert term.shifts(later, later, date(2026, 3, 2)) == ()
    renewed = certified(("iso_27001", "2027-12-31"), maintenance_type="contract")
    assert term.shifts(former, renewed.model_copy(update={"operator_name": "Betrieb A GmbH"}), date(2026, 3, 2)) == ()


@pytest.fixture
def online(world: World, provider: Organisation) -> Solution:
    solution = published(a_draft(certified(("iso_27001", "2026-06-30")), provider=provider))
    world.has(solution)
    return solution


async def test_the_worker_tells_and_delists_once_however_many_there_are(world: World, online: Solution) -> None:
    world.later(days=400)
    assert await guard_policies.pass_time(world.ports) == 1
    due, delisted = world.outbox.take()
    assert isinstance(due, SolutionTermDue)
    assert (due.data.term, due.data.days_left, due.data.back_until) == ("confirmation", 0, date(2027, 6, 2))
    assert isinstance(delisted, SolutionDelisted)
    assert delisted.data.reason == "expired"
    assert await guard_policies.pass_time(world.ports) == 0
    assert guard_policies.EXPIRED._value.get() == 1
    assert world.outbox.take() == []
    with pytest.raises(ProblemError) as refused:
        await queries.public_solution(world.ports, online.slug)
    assert (refused.value.kind, refused.value.slug) == ("gone", "solution-expired")


async def test_a_worker_that_comes_second_tells_nothing(world: World, online: Solution) -> None:
    world.later(days=70)
    assert [type(each) for each in await guard_policies.pass_time_of(world.ports, online.id)] == [TermDue]
    assert await guard_policies.pass_time_of(world.ports, online.id) == ()
    assert len(world.outbox.take()) == 1


async def test_one_broken_solution_does_not_hold_up_the_others(
    world: World, online: Solution, provider: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = published(a_draft(provider=provider, slug="anders"))
    world.has(other)
    world.later(days=400)
    sound = mapping.of_solution

    def broken(change: Any, **given: Any) -> Any:
        if change.state.id == online.id:
            raise ValueError("broken")
        return sound(change, **given)

    monkeypatch.setattr(mapping, "of_solution", broken)
    with capture_logs() as logged:
        assert await guard_policies.pass_time(world.ports) == 1
    assert [each["solution"] for each in logged] == [online.id]
    assert world.solutions.held[other.id].state.state is SolutionState.EXPIRED


async def test_editors_confirm_and_nobody_else(world: World, online: Solution) -> None:
    world.later(days=30)
    for actor, slug in (
        (STRANGER, "foreign-organisation"),
        (READER, "missing-role"),
        (CURATOR, "foreign-organisation"),
    ):
        with pytest.raises(ProblemError, match=slug):
            await commands.confirm_solution(world.ports, actor, online.id)
    first = await commands.confirm_solution(world.ports, EDITOR, online.id)
    assert lifecycle.confirmed_until(first.state) == date(2027, 4, 1)
    again = await commands.confirm_solution(world.ports, EDITOR, online.id)
    assert again == first
    assert world.outbox.take() == []
    with pytest.raises(ProblemError, match="stale-version"):
        await commands.confirm_solution(world.ports, EDITOR, online.id, expected=first.version - 1)


async def test_confirming_brings_back_what_expired_as_it_was(world: World, online: Solution) -> None:
    world.later(days=400)
    await guard_policies.pass_time(world.ports)
    world.outbox.take()
    back = await commands.confirm_solution(world.ports, EDITOR, online.id)
    [event] = world.outbox.take()
    assert isinstance(event, SolutionPublished)
    assert online.live is not None
    assert event.data.listing == online.live.shown
    assert event.data.first_published_at == online.first_published_at
    assert back.state.state is SolutionState.PUBLISHED


@pytest.mark.parametrize("state", ["draft", "submitted", "suspended", "withdrawn"])
async def test_only_what_is_public_can_be_confirmed(world: World, provider: Organisation, state: str) -> None:
    given = {"provider": provider}
    solution = {
        "draft": lambda: a_draft(**given),
        "submitted": lambda: in_review(**given),
        "suspended": lambda: lifecycle.suspend(published(**given), by="c", reason="…", at=minutes(9)).state,
        "withdrawn": lambda: lifecycle.withdraw(published(**given), by="e", note=None, at=minutes(9)).state,
    }[state]()
    world.has(solution)
    slug = {"suspended": "solution-suspended", "withdrawn": "solution-withdrawn"}.get(state, "nothing-to-confirm")
    with pytest.raises(ProblemError) as refused:
        await commands.confirm_solution(world.ports, EDITOR, solution.id)
    assert (refused.value.kind, refused.value.slug) == ("conflict", slug)


async def test_a_change_of_hands_is_told_with_the_publication(world: World, provider: Organisation) -> None:
    solution = published(a_draft(a_listing(operator_name="Betrieb A GmbH"), provider=provider))
    solution = lifecycle.save_draft(solution, a_listing(operator_name="Betrieb B GmbH"), at=minutes(5)).state
    pending = in_review(solution)
    change = review.approved(pending, 2, findings=(), message=None, provider_onboarded=True, at=minutes(9))
    events = [registry.parse(each.data) for each in mapping.of_solution(change, now=minutes(9))]
    assert [type(each) for each in events] == [SolutionPublished, SolutionStandingChanged]
    assert events[1].data.model_dump()["changes"] == [
        {"kind": "operator", "before": "Betrieb A GmbH", "after": "Betrieb B GmbH"}
    ]


async def test_operators_see_what_would_be_done_before_it_is(
    world: World, online: Solution, capsys: pytest.CaptureFixture[str]
) -> None:
    world.later(days=70)
    assert await carry_out(world.ports, dry_run=True) == 1
    listed = capsys.readouterr().out
    assert listed == f"remind   {online.slug} ({online.id}): certificate iso_27001 until 2026-06-30, 60 days or less\n"
    assert world.outbox.take() == []
    assert await carry_out(world.ports, dry_run=False) == 1
    assert capsys.readouterr().out == listed
    assert await carry_out(world.ports, dry_run=True) == 0
    assert len(world.outbox.take()) == 1
    world.later(days=400)
    assert await carry_out(world.ports, dry_run=False) == 1
    assert f"expire   {online.slug}" in capsys.readouterr().out


def test_terms_are_those_of_what_is_online() -> None:
    solution = published(a_draft(certified(("iso_27001", "2026-06-30"))))
    assert [each.kind for each in guarding.terms_of(solution)] == [TermKind.CONFIRMATION, TermKind.CERTIFICATE]
    off = lifecycle.withdraw(solution, by="e", note=None, at=minutes(9))
    assert [type(each) for each in off.events] == [Delisted]
    assert (guarding.terms_of(off.state), guarding.next_at(off.state)) == ((), None)
    assert guarding.next_at(a_draft()) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "2031-01-01"], "--as-of needs --dry-run in production"),
        (["--as-of", "31.12.2031", "--dry-run"], "does not match the format"),
    ],
)
def test_nobody_is_reminded_too_early_in_production(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    settings = CatalogSettings.model_construct(env="production")
    monkeypatch.setattr(Service, "load_settings", lambda _: settings)
    commands = typer.Typer()
    add_to(commands, service)
    answer = CliRunner().invoke(commands, ["guard", "run", *arguments])
    assert answer.exit_code == 2
    assert said in " ".join(answer.output.replace("\u2502", " ").split())
