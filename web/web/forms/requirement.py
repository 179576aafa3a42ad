"""Requirements in an address: `must:1:hosting_location=germany|eu`; a question without answers wants any answer."""

from collections.abc import Sequence
from urllib.parse import urlencode

from web.api.dossiers import Criteria, Requirement
from web.forms.body import FormData
from web.forms.dossier import with_requirement

NAME = "anf"
MOST = 50
NEEDS = frozenset({"must", "should"})


def read(given: Sequence[str]) -> list[Requirement]:
    """Return the requirements of an address; what is none is left out."""
    return [found for each in given[:MOST] if (found := _read(each[:2000])) is not None]


def write(requirement: Requirement) -> str:
    """Return a requirement as it stands in an address."""
    answers = f"={'|'.join(requirement.any_of)}" if requirement.any_of else ""
    return f"{requirement.need}:{requirement.weight}:{requirement.question}{answers}"


def parameters(requirements: Sequence[Requirement]) -> str:
    """Return the query string of requirements, without `?`."""
    return urlencode([(NAME, write(each)) for each in requirements])


def added(requirements: Sequence[Requirement], form: FormData) -> list[Requirement]:
    """Add the requirement that was chosen in a form; nothing when none was."""
    return with_requirement(Criteria(requirements=list(requirements)), form).requirements


def _read(given: str) -> Requirement | None:
    need, _, rest = given.partition(":")
    weight, _, condition = rest.partition(":")
    question, _, answers = condition.partition("=")
    if need not in NEEDS or weight not in ("1", "2", "3", "4", "5") or not question:
        return None
    return Requirement(question=question, need=need, weight=int(weight), any_of=[a for a in answers.split("|") if a])
