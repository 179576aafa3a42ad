"""Full replay, last-per-subject rebuild and live index are the same, whatever is repeated, reordered or concurrent."""

import random
from collections.abc import Callable
from typing import Any

from contracts.envelope import Event
from contracts.subjects import subject_of
from hypothesis import given, settings
from hypothesis import strategies as st
from search.application.mapping import apply, fact_of
from search.application.projection import merged
from search.domain.document import SolutionDocument, join

KINDS = (
    "published",
    "delisted",
    "reviewed",
    "scored",
    "failed",
    "rated",
    "rating_hidden",
    "deployed",
    "deployment_ended",
    "due",
    "rating_restored",
    "term_due",
)
SLUGS = ("comby", "dorffunk", "lipps")

Log = list[tuple[int, Event]]
histories = st.lists(st.tuples(st.sampled_from(SLUGS), st.sampled_from(KINDS), st.integers(1, 4)), max_size=40)


def log_of(history: list[tuple[str, str, int]], events: Callable[..., Any]) -> Log:
    """Sequences have gaps, as in a stream that holds other events too."""
    return [(3 * i + 1, getattr(events(slug), kind)(n)) for i, (slug, kind, n) in enumerate(history)]


def index_of(log: Log) -> dict[str, SolutionDocument]:
    index: dict[str, SolutionDocument] = {}
    for sequence, event in log:
        after = apply(index.get(event.subject), event, sequence)
        if after is not None:
            index[event.subject] = after
    return index


def last_per_subject(log: Log) -> Log:
    newest = {subject_of(event): (sequence, event) for sequence, event in log}
    return sorted(newest.values(), key=lambda entry: entry[0])


@settings(max_examples=300, deadline=None)
@given(history=histories, seed=st.integers(0, 2**32))
def test_every_way_of_reading_the_stream_ends_in_the_same_index(
    events: Callable[..., Any], history: list[tuple[str, str, int]], seed: int
) -> None:
    log = log_of(history, events)
    expected = index_of(log)

    assert index_of(last_per_subject(log)) == expected

    chance = random.Random(seed)
    disturbed = log + chance.choices(log, k=len(log)) if log else []
    chance.shuffle(disturbed)
    assert index_of(disturbed) == expected

    batched = merged(said for sequence, event in disturbed if (said := fact_of(event, sequence)) is not None)
    assert {document.id: document for document in batched} == expected


@settings(max_examples=200, deadline=None)
@given(history=histories, cut=st.integers(0, 40))
def test_join_is_commutative_associative_and_idempotent(
    events: Callable[..., Any], history: list[tuple[str, str, int]], cut: int
) -> None:
    log = [(sequence, event) for sequence, event in log_of(history, events) if event.subject == events().solution_id]
    facts = [said for sequence, event in log if (said := fact_of(event, sequence)) is not None]
    if not facts:
        return
    left, right = merged(facts[:cut]), merged(facts[cut:])
    whole = merged(facts)[0]
    for first, second in ((left, right), (right, left)):
        assert merged([*first, *second]) == [whole]
    assert join(whole, whole) is whole
