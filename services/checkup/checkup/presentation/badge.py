"""The badge for a README: one SVG of a kilobyte with a title, without script, link, font or picture from elsewhere."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from xml.sax.saxutils import escape

from contracts.vocabulary import CheckupDimension, label

from checkup.domain.history import ScoredRun

Language = Literal["de", "en"]


class Style(StrEnum):
    """`flat` says the stage; `scores` shows the five dimensions as bars beside it."""

    FLAT = "flat"
    SCORES = "scores"


HEIGHT, PAD, BAR, GAP = 20, 7, 6, 3
LABEL_COLOUR, NEUTRAL = "#3d3d3d", "#5c5c5c"
STAGE_COLOURS = ("#1c5d99", "#19693c", "#6a3d9a")
"""Of the first, second and third stage: white text on each has a contrast above 5.5 to 1."""
NARROW, WIDE = "iljftrI.,:;|!'()[]/ ·", "mwMWQO@%—"
NAME = {"de": "Lösungs-Checkup", "en": "Solution checkup"}
NOT_AVAILABLE = {"de": "nicht verfügbar", "en": "not available"}


@dataclass(frozen=True, slots=True)
class _Words:
    value: str
    told: str
    colour: str


def of_run(run: ScoredRun, language: Language, style: Style) -> str:
    """The badge of a result, with its month, so that an old picture is seen to be old."""
    words = _words(run, language)
    scores = [(label(CheckupDimension(each.dimension), language), each.score) for each in run.dimensions]
    none = "nicht bewertbar" if language == "de" else "not scored"
    told = "; ".join(f"{name}: {none if score is None else score}" for name, score in scores)
    title = f"{NAME[language]}: {words.told} ({run.as_of:%Y-%m-%d}). {told}"
    bars = [score for _, score in scores] if style is Style.SCORES else []
    return _drawn(NAME[language], f"{words.value} · {run.as_of:%m/%Y}", title, words.colour, bars)


def not_available(language: Language) -> str:
    """The badge of what is not published or not there; one cannot be told from the other."""
    value = NOT_AVAILABLE[language]
    return _drawn(NAME[language], value, f"{NAME[language]}: {value}", NEUTRAL, [])


def _words(run: ScoredRun, language: Language) -> _Words:
    german = language == "de"
    if not run.measurable:
        value = "nicht messbar" if german else "not measurable"
        return _Words(value, value, NEUTRAL)
    if run.grade is not None and run.grade.title is not None:
        value = run.grade.title.de if german else run.grade.title.en
        ids = [stage.id for stage in run.grade.stages]
        colour = STAGE_COLOURS[min(ids.index(run.grade.stage or ids[0]), len(STAGE_COLOURS) - 1)]
        return _Words(value, f"Stufe {value}" if german else f"stage {value}", colour)
    if run.grade is not None and run.grade.assessable:
        value = "noch keine Stufe" if german else "no stage yet"
        return _Words(value, value, NEUTRAL)
    have, of = sum(each.score is not None for each in run.dimensions), len(run.dimensions)
    value = f"{have} von {of} bewertet" if german else f"{have} of {of} scored"
    return _Words(
        value, f"{have} von {of} Dimensionen bewertet" if german else f"{have} of {of} dimensions scored", NEUTRAL
    )


def _drawn(name: str, value: str, title: str, colour: str, bars: list[int | None]) -> str:
    left, text = _width(name) + 2 * PAD, _width(value)
    drawn = len(bars) * (BAR + GAP)
    right = text + 2 * PAD + (drawn + PAD - GAP if bars else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(title, {chr(34): "&quot;"})}">',
        f"<title>{escape(title)}</title>",
        f'<clipPath id="r"><rect width="{left + right}" height="{HEIGHT}" rx="3"/></clipPath>',
        f'<g clip-path="url(#r)"><rect width="{left}" height="{HEIGHT}" fill="{LABEL_COLOUR}"/>',
        f'<rect x="{left}" width="{right}" height="{HEIGHT}" fill="{colour}"/></g>',
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">',
        f'<text x="{PAD}" y="14" textLength="{_width(name)}">{escape(name)}</text>',
        f'<text x="{left + PAD}" y="14" textLength="{text}">{escape(value)}</text>',
        *(_bar(left + 2 * PAD + text + index * (BAR + GAP), score) for index, score in enumerate(bars)),
        "</g></svg>",
    ]
    return "".join(parts)


def _bar(x: int, score: int | None) -> str:
    """A column of up to 14 px; one without a number is an outline, which is not the column of 0."""
    if score is None:
        outline = 'fill="none" stroke="#fff" stroke-dasharray="2"'
        return f'<rect x="{x + 0.5}" y="3.5" width="{BAR - 1}" height="13" {outline}/>'
    height = max(1, round(score * 14 / 100))
    ground = f'<rect x="{x}" y="3" width="{BAR}" height="14" fill-opacity=".3"/>'
    return f'{ground}<rect x="{x}" y="{17 - height}" width="{BAR}" height="{height}"/>'


def _width(text: str) -> int:
    """Pixels in Verdana 11, about; `textLength` makes it exact whatever font there is."""
    return round(sum(4.2 if char in NARROW else 10 if char in WIDE else 7 for char in text))
