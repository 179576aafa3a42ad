"""The assessment by a language model as lines, alike for terminal and page; always marked as no part of the scores."""

from collections.abc import Iterator
from typing import NamedTuple

from checkup.domain.assessment import Assessment, Quote, Suspicion
from checkup.domain.rubric import Text
from checkup.presentation.words import Language, said

NOTHING = Text(
    "Keine Aussage des Sprachmodells ließ sich belegen.", "No statement of the language model could be proved."
)
SUSPICIOUS = Text(
    "Liest sich wie eine Anweisung an ein Sprachmodell:", "Reads like an instruction to a language model:"
)


class Said(NamedTuple):
    """One line, and the place in the repository that it is about or quotes."""

    text: str
    place: Quote | Suspicion | None = None


def heading(assessment: Assessment, language: Language) -> str:
    """Whose opinion it is, and what it does not touch."""
    return said(
        Text(
            f"KI-Einschätzung (Modell {assessment.model}), nicht Teil der Bewertung",
            f"AI assessment (model {assessment.model}), not part of the scores",
        ),
        language,
    )


def lines(assessment: Assessment, language: Language) -> Iterator[Said]:
    """The reason why there is none, or the summary, the answers with their quotes, and how much was dropped."""
    opinion = assessment.opinion
    if assessment.reason:
        yield Said(assessment.reason)
    if opinion is not None:
        for sentence in opinion.summary:
            yield Said(f"{said(sentence.text, language)} ({', '.join(sentence.metrics)})")
        for claim in opinion.claims:
            rated = f"{said(claim.title, language)} {claim.rating}/4 ({said(claim.anchor, language)})"
            yield Said(f"{rated}: {said(claim.text, language)}")
            for quote in claim.quotes:
                yield Said(f"„{quote.text}“", quote)
        if not (opinion.summary or opinion.claims):
            yield Said(said(NOTHING, language))
        if opinion.dropped:
            yield Said(
                said(
                    Text(
                        f"Ohne Beleg und deshalb weggelassen: {opinion.dropped}",
                        f"Left out for want of proof: {opinion.dropped}",
                    ),
                    language,
                )
            )
    for found in assessment.suspicions:
        yield Said(f"{said(SUSPICIOUS, language)} {found.text}", found)
