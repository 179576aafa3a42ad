"""Whether a quote stands in a text, word for word; only white space may differ."""

import re

from checkup.domain.assessment import Passage, Quote

SHORTEST, LONGEST = 12, 400
SPACE = re.compile(r"\s+")


def find(passages: tuple[Passage, ...], path: str, quote: str) -> Quote | None:
    """Return the quote with its line, None when the file does not say so or the quote says nothing.

    A quote has 12 to 400 characters and at least two words, so that no single common word passes as a proof.
    """
    wanted = SPACE.sub(" ", quote).strip()
    if not SHORTEST <= len(wanted) <= LONGEST or " " not in wanted:
        return None
    pattern = re.compile(r"\s+".join(re.escape(word) for word in wanted.split(" ")))
    for passage in passages:
        if passage.path == path and (found := pattern.search(passage.text)):
            return Quote(path, passage.text.count("\n", 0, found.start()) + 1, wanted)
    return None
