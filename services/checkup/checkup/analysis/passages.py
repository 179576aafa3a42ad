"""The child that reads what a language model may see: `python -I -m checkup.analysis.passages GIT_DIR CHARACTERS`.

Prints JSON: the commit, the beginnings of the README and of documents about the questions of the prompt (together at
most CHARACTERS long), and every place that reads like an instruction to a language model. Exit code 3 means empty.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from checkup.analysis.documents import Document
from checkup.analysis.groups import deadline
from checkup.analysis.history import History
from checkup.analysis.repository import EmptyRepository, Repository, printable
from checkup.analysis.survey import Survey
from checkup.domain.assessment import Gathered, Passage, Suspicion

TOPICS = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        r"install|set[-_ ]?up|getting[-_ ]?started|quick[-_ ]?start|deploy|betrieb|einricht|inbetrieb",
        r"datenschutz|privacy|gdpr|dsgvo|data[-_ ]?protection|limit|einschr|known[-_ ]?issues|grenzen",
        r"archite[ck]|arc42|overview|ueberblick|(^|/)(adrs?|decisions)/|design",
        r"about|konzept|handbuch|user[-_ ]?guide|manual|(^|/)docs?/(index|readme)",
    )
)
PER_TOPIC = 2
SHORTEST = 400  # characters that are worth showing of a document
MOST_SUSPICIONS = 20
SCAN_SECONDS = 20

_VERB = r"(?:ignore|disregard|forget|override|bypass)"
_RULES = r"(?:instruction|rule|prompt|guideline|direction)s?"
_MODEL = r"(?:ai|llm|gpt|chatgpt|language\s+model|assistant|ki|sprachmodell|assistent)"
INSTRUCTIONS = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        rf"\b{_VERB}\s+(?:(?:all|any|every|the|your|my|these|of)\s+){{0,3}}"
        rf"(?:previous|prior|above|earlier|preceding|existing|system|other)\s+(?:\w+\s+){{0,2}}{_RULES}",
        rf"\b{_VERB}\s+(?:all\s+)?(?:your|the)\s+(?:\w+\s+){{0,1}}{_RULES}",
        r"\b(?:ignoriere?n?|vergiss|vergessen\s+sie|missachten?)\s+(?:sie\s+)?(?:\w+\s+){0,3}"
        r"(?:anweisung(?:en)?|vorgaben?|regeln?|instruktion(?:en)?)\b",
        rf"\byou\s+are\s+(?:now\s+)?(?:an?\s+)?(?:\w+\s+){{0,2}}{_MODEL}\b",
        rf"\b(?:if|when)\s+you\s+are\s+(?:an?\s+)?(?:\w+\s+){{0,2}}{_MODEL}\b",
        rf"\b(?:dear|attention|note\s+to|hinweis\s+an|liebe[sr]?|achtung,?)\s+(?:the\s+|das\s+|die\s+|any\s+)?{_MODEL}s?\b",
        r"\b(?:rate|score|grade|give|award|assign|answer|respond)\b[^.\n]{0,60}"
        r"\b(?:highest|maximum|full|perfect|top|best)\s+(?:possible\s+)?(?:score|rating|mark|grade|point)s?\b",
        r"\b(?:bewerte|vergib|gib|bewerten\s+sie|vergeben\s+sie|geben\s+sie)\b[^.\n]{0,60}"
        r"\b(?:höchst|best|voll|maximal)\w*\s*(?:punkt|note|wertung|bewertung)\w*",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext)[^>\n]{0,20}\|?>|\[/?INST\]|<</?SYS>>",
        r"^\s*(?:system|assistant)\s*:\s*\S",
    )
)
# Nothing is seen of these; the last are letters in disguise ("tag" characters), which some models read.
INVISIBLE: dict[int, str | None] = {
    **dict.fromkeys((0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))),
    **{0xE0000 + code: chr(code) for code in range(0x20, 0x7F)},
}


def gather(git_dir: Path, characters: int) -> Gathered:
    """Read HEAD. EmptyRepository if there is no commit."""
    nobody = History(as_of=datetime.now(UTC), commits=(), tags=(), bot_share=0.0, cut=False)
    with Repository.open(git_dir) as repository:
        survey = Survey(repository, nobody)
        return Gathered(repository.commit, tuple(passages(survey, characters)), tuple(suspicions(survey)))


def passages(survey: Survey, characters: int) -> Iterator[Passage]:
    """The README in up to half of the room, then documents by topic, each in an equal share of what is left."""
    chosen = _chosen(survey)
    room = characters
    for number, document in enumerate(chosen):
        share = room // 2 if number == 0 else room // (len(chosen) - number)
        text = _beginning(document.text, share)
        if text.strip():
            yield Passage(document.path, text)
            room -= len(text)


def _chosen(survey: Survey) -> list[Document]:
    """The main README, its variants at the root, and up to two documents per topic, nearest to the root first."""
    main = survey.readme
    chosen = [main] if main else []
    chosen += [one for one in survey.readmes if "/" not in one.path and one is not main][:1]
    by_depth = sorted(survey.documents, key=lambda one: (one.path.count("/"), one.path))
    for topic in TOPICS:
        fitting = [one for one in by_depth if topic.search(one.path) and one not in chosen and len(one.text) > SHORTEST]
        chosen += fitting[:PER_TOPIC]
    return chosen


def _beginning(text: str, characters: int) -> str:
    """The text up to the last whole line that fits."""
    return text if len(text) <= characters else text[: text.rfind("\n", 0, characters) + 1]


def suspicions(survey: Survey) -> list[Suspicion]:
    """Places in any document, comments and invisible characters included; as far as the time allows."""
    found: dict[tuple[str, int], Suspicion] = {}
    try:
        with deadline(SCAN_SECONDS):
            for document in survey.documents:
                text = document.text.translate(INVISIBLE)
                for pattern in INSTRUCTIONS:
                    for match in pattern.finditer(text):
                        line = text.count("\n", 0, match.start()) + 1
                        shown = printable(" ".join(match.group().split()), 160)
                        found.setdefault((document.path, line), Suspicion(document.path, line, shown))
    except TimeoutError:
        pass
    return [found[place] for place in sorted(found)][:MOST_SUSPICIONS]


def main() -> int:
    try:
        found = gather(Path(sys.argv[1]), int(sys.argv[2]))
    except EmptyRepository:
        return 3
    json.dump(asdict(found), sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
