"""Between the words of this domain and the contract."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts import checkup as contract
from servicekit.events import stamp
from servicekit.outbox import OutboxMessage, of_event

from checkup.domain.people.contest import Contest, ContestState
from checkup.domain.people.contradictions import Rule
from checkup.domain.people.disclosure import Disclosure, topic_stages
from checkup.domain.people.manual_check import Checklist, ManualCheck, Result
from checkup.domain.people.questionnaire import Questionnaire
from checkup.domain.solution import Solution


def of_publication(held: Disclosure, slug: str, questionnaire: Questionnaire) -> list[OutboxMessage]:
    """The event of a version that was just published."""
    edition = held.published
    if edition is None:
        return []
    stages = topic_stages(held, questionnaire, edition.published_at.date())
    data = contract.DisclosurePublishedData(
        solution_id=held.id,
        slug=slug,
        organisation_id=held.organisation_id,
        number=edition.number,
        questionnaire_version=edition.questionnaire,
        topics=[
            contract.DisclosureTopic(
                topic=each.topic, stage=each.stage.value, asked=each.asked, answered=each.answered,
                valid_until=each.valid_until,
            )
            for each in stages
        ],
        published_at=edition.published_at,
    )  # fmt: skip
    return [of_event(stamp(contract.DisclosurePublished, data, aggregate_id=held.id, now=edition.published_at))]


def of_completion(held: ManualCheck, slug: str, checklist: Checklist) -> list[OutboxMessage]:
    """The event of a check that was just completed."""
    if held.completed_at is None or held.valid_until is None:
        return []
    data = contract.ManualCheckCompletedData(
        check_id=held.id,
        solution_id=held.solution_id,
        slug=slug,
        organisation_id=held.organisation_id,
        version=held.solution_version,
        checklist_version=held.checklist,
        topics=[
            contract.ManualCheckTopic(topic=topic, **counted(held, checklist, topic)) for topic, _ in checklist.topics
        ],
        completed_at=held.completed_at,
        valid_until=held.valid_until,
    )
    event = stamp(contract.ManualCheckCompleted, data, aggregate_id=held.solution_id, now=held.completed_at)
    return [of_event(event)]


def counted(held: ManualCheck, checklist: Checklist, topic: str) -> dict[str, int]:
    """How many items of a topic had which result."""
    ids = [item.id for item in checklist.items if item.topic == topic]
    results = Counter(held.findings[each].result if each in held.findings else Result.NOT_CHECKED for each in ids)
    return {result.value: results[result] for result in Result}


def of_contradictions(
    solution: Solution, rules: Iterable[Rule], *, now: datetime, answer_time: timedelta
) -> list[OutboxMessage]:
    """The event of contradictions that are new; nothing when there are none."""
    found = [
        contract.ContradictionFound(rule=rule.id, topic=rule.topic, text_de=rule.text.de, text_en=rule.text.en)
        for rule in rules
    ]
    if not found:
        return []
    data = contract.ContradictionsFoundData(
        solution_id=solution.id,
        slug=solution.slug,
        organisation_id=solution.organisation_id,
        contradictions=found,
        found_at=now,
        public_from=now + answer_time,
    )
    return [of_event(stamp(contract.ContradictionsFound, data, aggregate_id=solution.id, now=now))]


def of_contest(held: Contest) -> list[OutboxMessage]:
    """The event of a contest that was just opened or answered; nothing when it was taken back."""
    common = {
        "contest_id": held.id,
        "solution_id": held.solution_id,
        "slug": held.slug,
        "organisation_id": held.organisation_id,
        "kind": held.target.kind.value,
        "title": held.title,
    }
    if held.state is ContestState.OPEN:
        opened = contract.ContestOpenedData.model_validate({**common, "opened_at": held.opened_at})
        return [of_event(stamp(contract.ContestOpened, opened, aggregate_id=held.solution_id, now=held.opened_at))]
    if held.answered_at is None:
        return []
    answered = contract.ContestAnsweredData.model_validate(
        {
            **common,
            "accepted": held.state is ContestState.ACCEPTED,
            "outcome": held.outcome.value if held.outcome else None,
            "answered_at": held.answered_at,
        }
    )
    return [of_event(stamp(contract.ContestAnswered, answered, aggregate_id=held.solution_id, now=held.answered_at))]
