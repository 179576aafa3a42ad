"""What providers answered to the inquiries of a market survey, on behalf of their organisations and without names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from servicekit.clock import BERLIN

from catalog.application.dossier_ports import SurveyPorts
from catalog.application.dossier_record import RecordedAnswer, RecordedSolution
from catalog.domain.dossier import Dossier
from catalog.domain.inquiry import Inquiry, InquiryState
from catalog.domain.peer import Side

SOURCE = "Anfrage über den Marktplatz, beantwortet von {provider}"
ERASED = "Anfrage"
"""Stands for questions whose words have been erased."""


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """An inquiry that a survey led to, and where it stands."""

    inquiry_id: str
    solution_id: str
    provider_name: str
    state: InquiryState
    sent_at: datetime


async def asked_in(ports: SurveyPorts, dossier: Dossier) -> list[AskedAbout]:
    """Return the inquiries of a survey, oldest first."""
    return [
        AskedAbout(each.id, each.solution_id, each.provider.organisation_name, each.state, each.created_at)
        for each in await ports.catalog.people.inquiries.of_dossier(dossier.id)
    ]


async def answers_of(ports: SurveyPorts, dossier: Dossier) -> Mapping[str, list[RecordedAnswer]]:
    """Return every answer that has arrived, by solution, in the order in which they came."""
    found: dict[str, list[RecordedAnswer]] = {}
    for inquiry in await ports.catalog.people.inquiries.of_dossier(dossier.id):
        found.setdefault(inquiry.solution_id, []).extend(_answers(inquiry))
    return found


async def later_answers(
    ports: SurveyPorts, dossier: Dossier, frozen: Sequence[RecordedSolution]
) -> Mapping[str, list[RecordedAnswer]]:
    """Return the answers that arrived after the survey was frozen: they are no part of what is sealed."""
    sealed = {each.message_id for solution in frozen for each in solution.answers}
    arrived = await answers_of(ports, dossier)
    return {key: late for key, answers in arrived.items() if (late := _without(answers, sealed))}


def _without(answers: Sequence[RecordedAnswer], known: Collection[str | None]) -> list[RecordedAnswer]:
    return [each for each in answers if each.message_id not in known]


def _answers(inquiry: Inquiry) -> list[RecordedAnswer]:
    wish = inquiry.wish
    question = "\n".join((wish.subject, *wish.questions)) if wish else ERASED
    return [
        RecordedAnswer(
            question=question,
            answer=message.text,
            answered_on=message.at.astimezone(BERLIN).date(),
            source=SOURCE.format(provider=inquiry.provider.organisation_name),
            message_id=message.id,
        )
        for message in inquiry.messages
        if message.side is Side.ANSWERING and message.text
    ]
