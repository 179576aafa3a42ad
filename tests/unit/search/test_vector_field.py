"""What the engine says about vectors is understood rightly, and a vector goes with the content it was made of."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from search.adapters.opensearch.vector_field import carried_over, content_of, cosine, with_vector

from .vector_suite import unit


@pytest.mark.parametrize(
    ("score", "product"),
    [(2.0, 1.0), (1.76, 0.76), (1.0, 0.0), (0.5, -1.0), (0.6110833, -0.63643813), (1 / 1.25, -0.25)],
)
def test_scores_become_cosines(score: float, product: float) -> None:
    """The fifth pair was observed on OpenSearch 3.6, the others follow from its documentation."""
    assert cosine(score) == pytest.approx(product, abs=1e-6)


@given(st.floats(-1, 1))
def test_scores_lose_no_cosine(product: float) -> None:
    score = product + 1 if product > 0 else 1 / (1 - product)
    assert cosine(score) == pytest.approx(product, abs=1e-9)


def source(content: str | None, **more: object) -> dict[str, object]:
    return {"id": "a", **({"mirror": {"content_hash": content}} if content else {}), **more}


def test_a_vector_stays_as_long_as_its_content() -> None:
    vector = [0.5, 0.5]
    assert carried_over(source("one", vector=vector), source("one", rating=4)) == {"vector": vector}
    assert carried_over(source("one", vector=vector), source("two")) == {}, "the listing has changed"
    assert carried_over(source("one", vector=vector), source(None)) == {}, "it cannot be found any more"
    assert carried_over(source("one"), source("one")) == {}
    assert content_of(source(None)) is None
    assert content_of({"mirror": None}) is None


def test_a_line_with_a_vector_is_the_line_and_the_vector() -> None:
    before = orjson.dumps(source("one", text="{}}\n")) + b"\n"
    after = with_vector(before, unit(1))
    assert after.count(b"\n") == 1
    assert after.endswith(b"\n")
    read = orjson.loads(after)
    assert read.pop("vector") == pytest.approx(unit(1).tolist(), abs=1e-7)
    assert read == orjson.loads(before)
