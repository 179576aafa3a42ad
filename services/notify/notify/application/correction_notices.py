"""What is worth telling about small corrections of what is online."""

from collections.abc import Sequence

from contracts.catalog import CorrectionDecided, CorrectionOpened, SolutionPublished
from contracts.profile import questionnaire

from notify.application.notices import TEAM_ROLE, Notice
from notify.domain.message import Kind

CORRECTIONS = "/pruefung/aenderungen"


def is_correction(event: SolutionPublished) -> bool:
    """True when what was online already was corrected in small things: who did that knows, and the team is told."""
    return event.data.corrected_at is not None and event.data.corrected_at > event.data.published_at


def of_opened(event: CorrectionOpened) -> Notice:
    """The team is to look at a small correction that is online already."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.CORRECTION_OPENED,
        organisation_id=data.organisation_id,
        role=TEAM_ROLE,
        link=CORRECTIONS,
        action="Änderungen ansehen",
        facts={
            "solution_name": data.solution_name,
            "organisation_name": data.organisation_name,
            "corrected": _titles(data.questions),
        },
    )


def of_decided(event: CorrectionDecided) -> Notice:
    """The provider learns what the team said of a small correction."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.CORRECTION_DECIDED,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}/fassungen",
        action="Fassungen ansehen",
        facts={
            "solution_name": data.solution_name,
            "accepted": data.decision == "accepted",
            "corrected": _titles(data.questions),
            "reason": data.reason or "",
        },
    )


def _titles(questions: Sequence[str]) -> str:
    asked = questionnaire.load().by_id
    return ", ".join(asked[each].title("de") if each in asked else each for each in questions)
