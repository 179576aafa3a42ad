"""The only place where the checkup service is put together; processes and tests share it."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from servicekit.addresses import allowed_origins
from servicekit.clock import Clock
from servicekit.platform import Platform, open_platform

from checkup.adapters import prompt_files
from checkup.adapters.analyses import MongoAnalyses
from checkup.adapters.analysis_process import AnalysisProcess
from checkup.adapters.assessments import MongoAssessments
from checkup.adapters.demo_browser import BrowserLimits, DemoBrowser
from checkup.adapters.demo_visits import DemoVisits
from checkup.adapters.forge import Forge
from checkup.adapters.git_fetch import FetchLimits, GitFetch
from checkup.adapters.llm_endpoint import LlmEndpoint
from checkup.adapters.passages_process import PassagesProcess
from checkup.adapters.people import files
from checkup.adapters.people.files import Files
from checkup.adapters.people.records import MongoEditions, MongoRecords
from checkup.adapters.people.verdicts import ManualVerdicts
from checkup.adapters.public_scores import CachedPublicScores, MongoPublicScores
from checkup.adapters.queue_watch import JetStreamQueue
from checkup.adapters.rubric_files import RubricFiles
from checkup.adapters.runs import MongoRuns
from checkup.adapters.solutions import MongoSolutions
from checkup.application.people.ports import PeoplePorts
from checkup.application.ports import Assessing, Observer, Ports
from checkup.application.triggers import Rhythm
from checkup.domain.people.contest import Contest
from checkup.domain.people.contradictions import ContradictionLog
from checkup.domain.people.disclosure import Disclosure
from checkup.domain.people.manual_check import Checklist, ManualCheck
from checkup.settings import CheckupSettings


@dataclass(frozen=True)
class Container:
    """What the entry points reach for."""

    platform: Platform
    ports: Ports
    people: PeoplePorts
    fetch: GitFetch
    settings: CheckupSettings


@asynccontextmanager
async def build(settings: CheckupSettings, clock: Clock | None = None) -> AsyncIterator[Container]:
    """Open connections, create indexes, and hand out the use cases' ports."""
    rubrics = RubricFiles(settings.checkup_rubric_version)
    fetch = fetcher(settings)
    async with open_platform(settings, clock=clock) as platform:
        stored_runs, stored_solutions = platform.aggregates("runs"), platform.aggregates("solutions")
        runs, solutions = MongoRuns(stored_runs), MongoSolutions(stored_solutions)
        analyses = MongoAnalyses(platform.db)
        await runs.prepare()
        assessments = MongoAssessments(platform.aggregates("assessments"))
        await analyses.prepare()
        await solutions.prepare()
        await assessments.prepare()
        checks = MongoRecords(platform.aggregates("manual_checks"), ManualCheck, platform.db)
        checklists = files.checklists(settings.checkup_checklist_version)
        ports = Ports(
            runs=runs,
            analyses=analyses,
            solutions=solutions,
            public_scores=CachedPublicScores(
                MongoPublicScores(stored_solutions, stored_runs), seconds=settings.checkup_comparison_seconds
            ),
            repositories=fetch,
            analyser=analyser(settings),
            observers=observers(settings, platform.clock),
            rubrics=rubrics,
            verdicts=ManualVerdicts(checks, checklists, platform.clock),
            queue=JetStreamQueue(platform.js, runs, platform.clock),
            assessments=assessments,
            assessing=assessing(settings),
            clock=platform.clock,
            request_interval=timedelta(seconds=settings.checkup_request_interval_seconds),
            fetch_attempts=settings.checkup_fetch_attempts,
            reuse_for=timedelta(days=settings.checkup_reuse_days),
            worker=f"{socket.gethostname()}-{os.getpid()}",
        )
        yield Container(platform, ports, await _people(platform, ports, settings, checks, checklists), fetch, settings)


async def _people(
    platform: Platform,
    ports: Ports,
    settings: CheckupSettings,
    checks: MongoRecords[ManualCheck],
    checklists: Files[Checklist],
) -> PeoplePorts:
    """What the use cases of disclosures, checks and contests are handed."""
    db = platform.db
    disclosures = MongoRecords(platform.aggregates("disclosures"), Disclosure, db)
    contests = MongoRecords(platform.aggregates("contests"), Contest, db)
    contradictions = MongoRecords(platform.aggregates("contradictions"), ContradictionLog, db)
    await disclosures.prepare()
    await checks.prepare()
    await contests.prepare()
    await contradictions.prepare()
    return PeoplePorts(
        solutions=ports.solutions,
        runs=ports.runs,
        rubrics=ports.rubrics,
        disclosures=disclosures,
        editions=MongoEditions(db),
        checks=checks,
        contests=contests,
        contradictions=contradictions,
        questionnaires=files.questionnaires(settings.checkup_questionnaire_version),
        checklists=checklists,
        source_rules=files.source_rules(settings.checkup_source_rules_version),
        clock=platform.clock,
        answer_time=timedelta(days=settings.checkup_answer_days),
    )


def rhythm(settings: CheckupSettings) -> Rhythm:
    """How often runs are made that nobody asks for."""
    return Rhythm(
        measure_every=timedelta(days=settings.checkup_schedule_days),
        releases_every=timedelta(hours=settings.checkup_release_hours),
    )


def fetcher(settings: CheckupSettings) -> GitFetch:
    """Whoever clones, within the bounds of the settings."""
    limits = FetchLimits(
        seconds=settings.checkup_fetch_seconds,
        disk_bytes=settings.checkup_fetch_bytes,
        allowed=allowed_origins(settings.checkup_allow_local),
    )
    return GitFetch(settings.checkup_work_dir, limits)


def observers(settings: CheckupSettings, clock: Clock) -> tuple[Observer, ...]:
    """Whoever looks at what is not in the commit."""
    visited, asked = demos(settings, clock), forge(settings, clock)
    return (visited,) if asked is None else (asked, visited)


def forge(settings: CheckupSettings, clock: Clock) -> Forge | None:
    """Whoever asks about issues, unless the settings give it no time."""
    if not settings.checkup_forge_seconds:
        return None
    allowed = allowed_origins(settings.checkup_allow_local)
    return Forge(seconds=settings.checkup_forge_seconds, tokens=settings.forge_tokens(), allowed=allowed, clock=clock)


def demos(settings: CheckupSettings, clock: Clock) -> DemoVisits:
    """Whoever looks at demos, within the bounds of the settings."""
    limits = BrowserLimits(
        seconds=settings.checkup_demo_seconds,
        pages=settings.checkup_demo_pages,
        memory_bytes=settings.checkup_demo_memory_bytes,
        network_bytes=settings.checkup_demo_network_bytes,
        sandboxed=settings.checkup_chromium_sandbox == "required",
    )
    allowed = allowed_origins(settings.checkup_allow_local)
    browser = DemoBrowser(settings.chromium, settings.checkup_work_dir, limits, allowed)
    return DemoVisits(browser, allowed, clock)


def analyser(settings: CheckupSettings) -> AnalysisProcess:
    """Whoever measures, within the bounds of the settings."""
    return AnalysisProcess(
        settings.checkup_work_dir,
        seconds=settings.checkup_analysis_seconds,
        memory_bytes=settings.checkup_analysis_memory_bytes,
        isolation=settings.checkup_require_isolation,
    )


def assessing(settings: CheckupSettings) -> Assessing | None:
    """Who assesses, None when no endpoint is set."""
    if not settings.checkup_llm_url:
        return None
    key = settings.checkup_llm_key
    return Assessing(
        texts=PassagesProcess(characters=settings.text_characters, memory_bytes=settings.checkup_analysis_memory_bytes),
        model=LlmEndpoint(
            url=settings.checkup_llm_url,
            model=settings.checkup_llm_model,
            key=key.get_secret_value() if key else None,
            seconds=settings.checkup_llm_timeout_seconds,
            most_tokens=settings.checkup_llm_max_tokens,
        ),
        prompt=prompt_files.load(),
    )
