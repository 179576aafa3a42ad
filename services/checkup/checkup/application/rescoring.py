"""Scores kept measurements under another rubric, without a clone: to see who would gain or lose, or for good."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.ids import derived_id
from servicekit import errors

from checkup.application import queries
from checkup.application.commands import Asker
from checkup.application.ports import Ports
from checkup.domain import report, run
from checkup.domain.report import Report
from checkup.domain.rubric import Rubric
from checkup.domain.run import Run
from checkup.domain.solution import Solution


@dataclass(frozen=True, slots=True)
class DimensionChange:
    """A dimension's whole score before and after; None where there is none."""

    dimension: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Rescore:
    """What another rubric makes of a run: its report now, and the new one."""

    run: Run
    old: Report
    new: Report

    @property
    def gained(self) -> tuple[str, ...]:
        """Awards that the new rubric gives and the old one did not."""
        return tuple(award for award in self.new.awards if award not in self.old.awards)

    @property
    def lost(self) -> tuple[str, ...]:
        """Awards that the old rubric gave and the new one does not."""
        return tuple(award for award in self.old.awards if award not in self.new.awards)

    @property
    def dimensions(self) -> tuple[DimensionChange, ...]:
        """All dimensions of the new report."""
        before = {result.dimension: result.score for result in self.old.dimensions}
        return tuple(
            DimensionChange(result.dimension, before.get(result.dimension), result.score)
            for result in self.new.dimensions
        )


@dataclass(frozen=True, slots=True)
class Rescoring:
    """What came of rescoring solutions; `unchanged` are under that rubric already, `unkept` have no measurements."""

    made: tuple[Rescore, ...]
    unchanged: tuple[Run, ...]
    unkept: tuple[Run, ...]


async def preview(ports: Ports, run_id: str, version: str | None, *, by: Asker) -> Rescore:
    """Return what another rubric would make of a run; saves nothing.

    Raises `only-team` (forbidden), `run-not-found`, `rubric-not-found`, `measurement-not-kept` (not_found).
    """
    if not by.in_team:
        raise errors.forbidden("only-team", "only the marketplace team may try another rubric")
    rubric = queries.rubric(ports, version)
    found = await queries.run(ports, run_id, by=by)
    made = await _rescore(ports, found, rubric)
    if made is None:
        raise errors.not_found("measurement-not-kept", f"no measurements of run {run_id} were kept")
    return made


async def rescore(ports: Ports, wanted: Sequence[str], version: str, *, dry_run: bool) -> Rescoring:
    """Score the newest run of solutions (ids or slugs; all when none is named), and of their published versions, under
    a rubric. Unless `dry_run`, each becomes a new scored run, with its event; what was there stays as it was.

    Raises `rubric-not-found`, `no-checkup` (not_found, for a solution that nobody knows).
    """
    rubric = queries.rubric(ports, version)
    made, unchanged, unkept = [], [], []
    for found in await _newest_runs(ports, await _solutions(ports, wanted)):
        if found.report is not None and found.report.rubric_digest == rubric.digest:
            unchanged.append(found)
        elif (outcome := await _rescore(ports, found, rubric)) is None:
            unkept.append(found)
        else:
            made.append(outcome)
            if not dry_run:
                await _save(ports, outcome, rubric)
    return Rescoring(tuple(made), tuple(unchanged), tuple(unkept))


async def judged(ports: Ports, solution_id: str, check_id: str) -> None:
    """A check was completed: where it changes a score, the newest run, and that of the published version, become new
    runs under the rubric they are under.
    """
    solution = await ports.solutions.get(solution_id)
    if solution is None:
        return
    for found in await _newest_runs(ports, [solution]):
        if found.report is None or found.report.commit is None:
            continue
        rubric = queries.rubric(ports, found.report.rubric_version)
        outcome = await _rescore(ports, found, rubric)
        if outcome is not None and _caps(outcome.new) != _caps(outcome.old):
            await _save(ports, outcome, rubric, check_id)


def _caps(of: Report) -> list[str]:
    return [cap.id for dimension in of.dimensions for cap in dimension.caps]


async def _solutions(ports: Ports, wanted: Sequence[str]) -> list[Solution]:
    known = await ports.solutions.all()
    for name in wanted:
        if not any(name in (solution.id, solution.slug) for solution in known):
            raise errors.not_found("no-checkup", f"there is no checkup of solution {name}")
    return [solution for solution in known if not wanted or {solution.id, solution.slug} & set(wanted)]


async def _newest_runs(ports: Ports, solutions: Sequence[Solution]) -> list[Run]:
    """The newest scored run of each, and that of its published version where it is another one."""
    found: dict[str, Run] = {}
    for solution in solutions:
        for bound in dict.fromkeys((solution.live_version, None)):
            scored = await ports.runs.latest_report(solution.id, up_to_version=bound)
            if scored is not None:
                found[scored.id] = scored
    return list(found.values())


async def _rescore(ports: Ports, old: Run, rubric: Rubric) -> Rescore | None:
    """None when there are no measurements, or not those that the report rests on."""
    kept = await ports.analyses.get(old.analysis_id or old.id)
    if old.report is None or kept is None or kept.analysis.commit != old.report.commit:
        return None
    new = report.of_analysis(
        kept.analysis,
        rubric,
        as_of=old.report.as_of,
        repository_url=old.report.repository_url or kept.repository_url,
        held=frozenset(old.report.awards),
        confirmed=await ports.verdicts.of_solution(old.solution_id),
    )
    return Rescore(old, old.report, new)


async def _save(ports: Ports, outcome: Rescore, rubric: Rubric, *cause: str) -> None:
    new_id = derived_id("checkup-run", outcome.run.id, "rescore", rubric.digest, *cause)
    await ports.runs.add(run.rescored(outcome.run, outcome.new, run_id=new_id, now=ports.clock.now(), by=None))
