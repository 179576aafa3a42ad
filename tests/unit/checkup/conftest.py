"""Surveys of made-up trees, without git."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from checkup.analysis.history import Commit, History
from checkup.analysis.repository import File, Repository
from checkup.analysis.survey import Survey
from checkup.domain.measurement import Measurement

AS_OF = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def as_of() -> datetime:
    return AS_OF


def make_history(
    commits: Sequence[tuple[float, int, str]] = (), tags: Sequence[tuple[str, float]] = (), bots: float = 0.0
) -> History:
    """Commits as (days before the reference date, person, domain), tags as (name, days before)."""
    return History(
        as_of=AS_OF,
        commits=tuple(
            sorted(
                (Commit(AS_OF - timedelta(days=days), person, domain) for days, person, domain in commits),
                key=lambda commit: commit.at,
                reverse=True,
            )
        ),
        tags=tuple((name, AS_OF - timedelta(days=days)) for name, days in tags),
        bot_share=bots,
        cut=False,
    )


def make_survey(files: Mapping[str, str] | None = None, history: History | None = None) -> Survey:
    texts = {path: text.replace("\r\n", "\n") for path, text in (files or {}).items()}
    listed = [File(path, path, len(text.encode())) for path, text in sorted(texts.items())]
    repository = Repository(Path("/nonexistent"), "0" * 40, files=listed)
    repository._texts.update(texts)
    return Survey(repository, history or make_history())


@pytest.fixture
def survey() -> Callable[..., Survey]:
    return make_survey


@pytest.fixture
def history() -> Callable[..., History]:
    return make_history


@pytest.fixture
def raw() -> Callable[..., dict[str, Any]]:
    """The raw numbers a detector finds in a tree, by metric; statuses where nothing was measured."""

    def measure(
        detector: Callable[[Survey], list[Measurement]],
        files: Mapping[str, str] | None = None,
        history: History | None = None,
    ) -> dict[str, Any]:
        found = detector(make_survey(files, history))
        return {m.id: dict(m.raw) if m.raw else m.status.value for m in found}

    return measure
