"""Words, language and readability of prose, without any model: function words and vowel groups are enough."""

import re
from dataclasses import dataclass


def listed(text: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(text.split())


WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]{2,}")
SENTENCE = re.compile(r"[.!?:;]+(?=\s|$)|\n{2,}|\n(?=\s*[-*•])")
GERMAN = listed(
    "der die das und ist sind nicht mit für auf ein eine einen einer eines dem den des von zu zur zum im am wird "
    "werden kann können sich auch als bei aus nach oder wie über dass wenn nur noch durch wurde haben hat sowie diese "
    "dieser dieses unter wir sie ihr ihre muss müssen soll alle es bitte hier"
)
ENGLISH = listed(
    "the and is are not with for on a an of to in will can be this that it as by from or how you your which when "
    "only also has have more we our their its if all please must should here use used using into"
)
VOWELS = re.compile(r"[aeiouyäöüàáâèéêìíîòóôùúû]+", re.IGNORECASE)

TEMPLATE_PHRASES = (
    "choose a self-explaining name for your project",
    "let people know what your project can do specifically",
    "to make it easy for you to get started with gitlab",
    "this is just a template",
    "a good readme is",
    "use examples liberally, and show the expected output",
    "here goes a description",
    "add your description here",
    "describe your project here",
    "one paragraph of project description goes here",
    "these instructions will get you a copy of the project up and running on your local machine",
    "a step by step series of examples that tell you how to get a development env running",
    "explain how to run the automated tests for this system",
    "add additional notes about how to deploy this on a live system",
    "lorem ipsum dolor",
    "this project was bootstrapped with create react app",
    "this template should help get you started developing with",
    "this is a next.js project bootstrapped with",
    "short description of the project",
    "here's why: * your time should be focused",
    "an awesome readme template to jumpstart your projects",
    "hier beschreibung einfügen",
    "hier steht eine kurze beschreibung",
    "kurzbeschreibung des projekts einfügen",
    "projektname einfügen",
    "your-project-name",
    "github_username/repo_name",
    "project title here",
    "todo: write a description",
    "todo: delete this and the text above, and describe your gem",
    "what things you need to install the software and how to install them",
)


def words(text: str) -> list[str]:
    return WORD.findall(text)


def is_german(text: str) -> bool:
    """Whether German function words outweigh English ones; needs a handful of words to say yes."""
    found = [word.lower() for word in words(text[:40_000])]
    german = sum(word in GERMAN for word in found)
    english = sum(word in ENGLISH for word in found)
    return german >= 5 and german > english and german / max(len(found), 1) > 0.08


def template_phrases(text: str) -> list[str]:
    """The unedited template sentences in a text, in the order of the list."""
    plain = " ".join(text.lower().split())
    return [phrase for phrase in TEMPLATE_PHRASES if phrase in plain]


@dataclass(frozen=True, slots=True)
class Readability:
    """Amstad's index for German (100 very easy, 0 very hard) over a number of words."""

    index: float
    words: int


def amstad(text: str) -> Readability | None:
    """180 - ASL - 58.5 ASW (Amstad 1978): words per sentence, syllables per word; None below 100 words."""
    found = words(text[:60_000])
    if len(found) < 100:
        return None
    sentences = sum(1 for part in SENTENCE.split(text[:60_000]) if len(WORD.findall(part)) > 1)
    syllables = sum(max(len(VOWELS.findall(word)), 1) for word in found)
    index = 180 - len(found) / max(sentences, 1) - 58.5 * syllables / len(found)
    return Readability(round(min(max(index, 0.0), 100.0), 1), len(found))
