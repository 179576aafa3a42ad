"""Where a listing and the publiccode.yml of its repository say different things."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts import web_address
from contracts.listing import Listing
from contracts.profile.questionnaire import Question, Questionnaire

from catalog.domain.publiccode import exporting, mapping


@dataclass(frozen=True, slots=True)
class Compared:
    """One question, with the answer of the listing (None: there is none) and that of a file."""

    question: Question
    present: Any
    incoming: Any
    same: bool

    @property
    def path(self) -> str:
        """The key in the file."""
        return mapping.path_of(self.question)


def compare(listing: Listing, answers: Mapping[str, Any], profile: Questionnaire) -> list[Compared]:
    """Return every question that the file answers, beside the listing; what the file does not say is no difference."""
    present = profile.answers_of(listing)
    written = exporting.document_of(listing, provider="-", profile=profile)
    said = mapping.answers_in(written, profile).answers
    return [
        Compared(
            question,
            present.get(question.id),
            answers[question.id],
            same(question, present.get(question.id), answers[question.id])
            or same(question, said.get(question.id), answers[question.id]),
        )
        for question in mapping.mapped(profile)
        if question.id in answers
    ]


def fingerprint(compared: list[Compared], problem: str | None) -> str | None:
    """Return what stays the same as long as nothing new is different; None where nothing is."""
    different = [(each.question.id, each.present, each.incoming) for each in compared if not each.same]
    if not different and problem is None:
        return None
    text = json.dumps([different, problem], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def same(question: Question, one: Any, other: Any) -> bool:
    """True where two answers say the same: blanks, the order of choices and ways to write an address do not count."""
    return bool(_plain(question, one) == _plain(question, other))


def _plain(question: Question, answer: Any) -> Any:
    if answer is None:
        return None
    if isinstance(answer, list):
        plain = [" ".join(str(each).split()) for each in answer]
        return sorted(plain) if question.type == "choices" or question.shown_as == "language" else plain
    if question.type == "url":
        return web_address.same_repository(str(answer))
    return " ".join(str(answer).split()) if isinstance(answer, str) else answer
