"""One rating per organisation, revisable, summed up, moderated."""

import pytest
from catalog.domain import moderation
from catalog.domain import rating as rules
from catalog.domain.rating import Context, Opinion, Rated, RatingBook, RatingChange, RatingHidden, Replied
from catalog.domain.score import METHOD
from contracts.vocabulary import RatingDimension, SizeClass
from hypothesis import given
from hypothesis import strategies as st
from servicekit.errors import ProblemError

from .given import CLERK, CURATOR, EDITOR, an_opinion, minutes

EMPTY = RatingBook("solution-1")


def rate(book: RatingBook, opinion: Opinion, organisation_id: str = "landkreis", minute: int = 1) -> RatingChange:
    return rules.rate(
        book,
        opinion,
        organisation_id=organisation_id,
        organisation_name="Landkreis Musterland",
        context=Context(size_class=SizeClass.UNDER_100K),
        by=CLERK.user,
        at=minutes(minute),
    )


def hide(book: RatingBook) -> RatingChange:
    return moderation.hide(book, "landkreis", reason="Werbung", by=CURATOR.user, at=minutes(5))


def reply(book: RatingBook, text: str = "Danke") -> RatingChange:
    return rules.reply(book, "landkreis", text=text, by=EDITOR.user, at=minutes(6))


RATED = rate(EMPTY, an_opinion(4)).state


def test_a_first_rating() -> None:
    change = rate(EMPTY, an_opinion(4, report="Läuft"))
    rating = change.state.rating("landkreis")
    assert (rating.revision, rating.opinion.report, rating.rated_by) == (1, "Läuft", CLERK.user)
    assert change.events == (Rated("landkreis"),)


def test_a_second_rating_replaces_the_first() -> None:
    change = rate(RATED, an_opinion(2), minute=2)
    assert change.state.rating("landkreis").revision == 2
    assert change.state.summary.count == 1
    assert change.events == (Rated("landkreis"),)


def test_the_same_rating_again_changes_nothing() -> None:
    change = rate(RATED, an_opinion(4), minute=2)
    assert change.state is RATED
    assert change.events == ()


def test_the_summary_of_several_ratings() -> None:
    book = rate(EMPTY, an_opinion(5, dimensions={RatingDimension.SUPPORT: 4}), "a").state
    book = rate(book, an_opinion(4, dimensions={RatingDimension.SUPPORT: 5, RatingDimension.USABILITY: 2}), "b").state
    book = rate(book, an_opinion(4), "c").state
    book = rate(book, an_opinion(4), "d").state
    assert book.summary.count == 4
    assert book.summary.average == 4.3  # 4.25, rounded half up
    assert book.summary.dimensions == {"support": 4.5, "usability": 2.0}
    assert book.summary.distribution == {"1": 0, "2": 0, "3": 0, "4": 3, "5": 1}


def test_without_ratings_there_is_no_average() -> None:
    assert EMPTY.summary.average is None
    assert EMPTY.summary.count == 0


def test_below_three_ratings_only_their_number_is_told() -> None:
    two = rate(RATED, an_opinion(5, dimensions={RatingDimension.SUPPORT: 5}), "other").state
    assert two.summary.model_dump() == {"count": 2, "average": None, "dimensions": {}, "distribution": {}}
    three = rate(two, an_opinion(5), "third").state
    assert (three.summary.count, three.summary.average) == (3, 4.7)
    assert three.summary.distribution == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 2}
    hidden = moderation.hide(three, "third", reason="Werbung", by=CURATOR.user, at=minutes(9)).state
    assert hidden.summary.model_dump() == two.summary.model_dump()


def test_a_hidden_rating_does_not_count() -> None:
    change = hide(RATED)
    assert change.state.summary.count == 0
    assert change.events == (RatingHidden("landkreis", "Werbung"),)


@pytest.mark.parametrize(
    ("command", "detail"),
    [
        (hide, "cannot hide: this rating is already hidden"),
        (reply, "cannot reply: this rating is hidden"),
        (lambda book: rate(book, an_opinion(1)), "cannot revise: the team hid this rating: Werbung"),
    ],
)
def test_a_hidden_rating_stays_as_it_is(command: object, detail: str) -> None:
    with pytest.raises(ProblemError) as refused:
        command(hide(RATED).state)  # type: ignore[operator]
    assert (refused.value.slug, refused.value.detail) == ("rating-hidden", detail)


def test_the_provider_answers_and_may_answer_better() -> None:
    answered = reply(RATED)
    assert answered.events == (Replied("landkreis"),)
    first = answered.state
    assert first.rating("landkreis").reply == rules.Reply("Danke", 1, EDITOR.user, minutes(6))
    assert reply(first).state is first
    second = reply(first, "Vielen Dank").state
    assert second.rating("landkreis").reply == rules.Reply("Vielen Dank", 1, EDITOR.user, minutes(6))


def test_an_answer_stays_when_the_rating_is_revised_and_tells_which_revision_it_answers() -> None:
    revised = rate(reply(RATED).state, an_opinion(2), minute=9).state.rating("landkreis")
    assert revised.revision == 2
    assert revised.reply is not None
    assert revised.reply.revision == 1


@pytest.mark.parametrize("command", [hide, reply])
def test_what_was_not_rated_cannot_be_hidden_or_answered(command: object) -> None:
    with pytest.raises(ProblemError) as refused:
        command(EMPTY)  # type: ignore[operator]
    assert (refused.value.slug, refused.value.kind) == ("rating-not-found", "not_found")


def test_the_number_of_ratings_has_a_limit() -> None:
    one = RATED.rating("landkreis")
    full = RatingBook("solution-1", {f"org-{number}": one for number in range(rules.MAX_RATINGS)})
    with pytest.raises(ProblemError, match="at most 2000 ratings"):
        rate(full, an_opinion())


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5), st.booleans()), max_size=30))
def test_the_summary_always_tells_of_the_visible_ratings(steps: list[tuple[int, int, bool]]) -> None:
    book = EMPTY
    visible: dict[str, int] = {}
    hidden: set[str] = set()
    for who, overall, then_hide in steps:
        name = f"org-{who}"
        if name not in hidden:
            book = rate(book, an_opinion(overall), name).state
            visible[name] = overall
            if then_hide:
                book = moderation.hide(book, name, reason="x", by=CURATOR.user, at=minutes(1)).state
                hidden.add(name)
                del visible[name]
    grades = list(visible.values())
    assert book.summary.count == len(grades)
    told = {str(grade): grades.count(grade) for grade in range(1, 6)} if len(grades) >= METHOD.least else {}
    assert book.summary.distribution == told
    if len(grades) >= METHOD.least:
        assert book.summary.average is not None
        assert abs(book.summary.average - sum(grades) / len(grades)) <= 0.05 + 1e-9
    else:
        assert (book.summary.average, book.summary.dimensions) == (None, {})
