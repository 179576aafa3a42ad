"""a market survey of 30 solutions: started, frozen, and written as each kind of file; in this process."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from catalog.adapters.dossier_files.delimited import to_csv
from catalog.adapters.dossier_files.pdf import to_pdf
from catalog.adapters.dossier_files.spreadsheet import to_ods
from catalog.adapters.dossier_files.tables import tables
from catalog.application import dossier_record as records
from catalog.application.actor import Actor
from catalog.application.commands import dossiers
from catalog.application.dossier_verifying import exported
from catalog.domain.dossier import Criteria, Dossier
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.domain.requirement import Need, Requirement
from catalog.settings import CatalogSettings
from catalog.wiring import Container, build
from contracts.ids import uuid7
from contracts.vocabulary import OrganisationKind

from bench import figures
from bench.published import fill
from bench.servers import servers

SOLUTIONS = int(os.environ.get("BENCH_DOSSIER_SOLUTIONS", "30"))
ROUNDS = int(os.environ.get("BENCH_DOSSIER_ROUNDS", "5"))
EDITOR = Actor("bench-editor")
KILOBYTE = 1_000


async def municipality(container: Container) -> str:
    """Make the municipality that surveys the market; return its id."""
    made = Organisation(
        id=uuid7(),
        name="Musterstadt",
        kinds=(OrganisationKind.MUNICIPALITY,),
        state=OrganisationState.ONBOARDED,
        members=(EDITOR.as_member(MemberRole.EDITOR),),
        created_at=container.platform.clock.now(),
    )
    await container.ports.organisations.add(made.id, made)
    return made.id


async def frozen(container: Container, town: str, solutions: list[str], took: dict[str, list[float]]) -> Dossier:
    """Start a survey and freeze it, noting the seconds of each step."""
    criteria = Criteria(
        requirements=(Requirement(question="hosting_location", need=Need.SHOULD, weight=3, any_of=("germany",)),)
    )

    survey = uuid7()
    with timed(took, "started"):
        made = await dossiers.create_dossier(
            container.surveys,
            EDITOR,
            survey,
            town,
            title="Raumbuchung",
            need="Vereine buchen Räume selbst.",
            criteria=criteria,
            solutions=solutions,
        )
    with timed(took, "frozen"):
        done = await dossiers.freeze_dossier(container.surveys, EDITOR, survey, expected=made.version)
    return done.state


def written(dossier: Dossier, took: dict[str, list[float]]) -> dict[str, int]:
    """Write every kind of file, noting the seconds; return their lengths in bytes."""
    sha256 = dossier.seals[-1].sha256
    record = records.read(dossier)
    writers: dict[str, Callable[[], bytes]] = {
        "pdf": lambda: to_pdf(record, sha256),
        "ods": lambda: to_ods(tables(record, sha256), record.title),
        "csv": lambda: to_csv(tables(record, sha256), bom=True),
        "json": lambda: exported(records.sealed(dossier)),
    }
    length = {}
    for kind, write in writers.items():
        with timed(took, kind):
            length[kind] = len(write())
    return length


@contextmanager
def timed(took: dict[str, list[float]], step: str) -> Iterator[None]:
    """Note the seconds of a step."""
    started = time.perf_counter()
    yield
    took.setdefault(step, []).append(time.perf_counter() - started)


async def run() -> None:
    """Measure in turn and print."""
    took: dict[str, list[float]] = {}
    length: dict[str, int] = {}
    async with servers() as started:
        settings = CatalogSettings(
            nats_url=started.nats_url, mongodb_url=started.mongo_url, mongodb_database="bench", log_level="warning"
        )
        async with build(settings) as container:
            solutions = await fill(container, SOLUTIONS)
            town = await municipality(container)
            for _ in range(ROUNDS):
                dossier = await frozen(container, town, solutions, took)
                length = written(dossier, took)
    figures.row(f"{SOLUTIONS} solutions, {ROUNDS} times", "median", "slowest", "length")
    for step, seconds in took.items():
        size = f"{length[step] / KILOBYTE:,.0f} kB" if step in length else ""
        figures.row(step, f"{statistics.median(seconds):.3f} s", f"{max(seconds):.3f} s", size)
