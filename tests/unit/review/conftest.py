"""The words the review's unit tests are written in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from review.adapters.criteria_files import CriteriaFiles
from review.domain.case import Case, Submission, open_case
from review.domain.criteria import CriteriaSet
from review.domain.findings import Finding, Verdict
from review.domain.judging import Reviewer

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Submit = Callable[..., Submission]


@pytest.fixture
def at() -> Callable[[int], datetime]:
    """The moment so many minutes after the first submission."""
    return lambda minutes: START + timedelta(minutes=minutes)


@pytest.fixture(scope="session")
def criteria() -> CriteriaSet:
    return CriteriaFiles("2026.1").current


@pytest.fixture
def reviewer() -> Reviewer:
    return Reviewer("demo-reviewer", frozenset())


@pytest.fixture
def submitted() -> Submit:
    """A submission by the provider; anything may be given by name."""

    def build(*, minutes: int = 0, listing: dict[str, Any] | None = None, **given: Any) -> Submission:
        values: dict[str, Any] = {
            "solution_id": "solution-1",
            "slug": "dorffunk",
            "version": 1,
            "round": 1,
            "organisation_id": "org-provider",
            "organisation_name": "Musterlösungen GmbH",
            "listing": {"name": "DorfFunk", "summary": "Nachrichten aus dem Dorf"} | (listing or {}),
            "submitted_by": "demo-provider",
            "submitted_at": START + timedelta(minutes=minutes),
        }
        return Submission(**values | given)

    return build


@pytest.fixture
def case(submitted: Submit, criteria: CriteriaSet) -> Case:
    """A case that was opened a minute after its submission."""
    return open_case(submitted(), earlier=(), criteria_version=criteria.version, now=START + timedelta(minutes=1))


@pytest.fixture
def passes(criteria: CriteriaSet) -> list[Finding]:
    """A pass with its reason for every mandatory criterion."""
    return [Finding(one.id, Verdict.PASS, "geprüft") for one in criteria if one.kind == "mandatory"]
