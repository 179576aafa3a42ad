"""Geometry of the charts that pages and reports draw as SVG: numbers in, coordinates out; nothing is drawn here."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Value = float | None
RINGS = (25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the units of the drawing, y downwards, to a tenth."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g}"


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a radar: its end, the middle of its label, and its value's place; None without a value."""

    end: Point
    label: Point
    dot: Point | None


@dataclass(frozen=True, slots=True)
class Radar:
    """A radar of values 0 to 100 around (0, 0).

    `rings` are the points of the scale's polygons at 25, 50, 75 and 100. `areas` are triangles between neighbouring
    values, `edges` their outer sides: where a value is missing there is a gap, not a zero.
    """

    axes: tuple[Axis, ...]
    rings: tuple[str, ...]
    areas: tuple[str, ...]
    edges: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through values 0 to 100 over equal steps: `runs` of points without a gap, all `dots`, and the `steps`."""

    runs: tuple[str, ...]
    dots: tuple[Point, ...]
    steps: tuple[float, ...]


def radar(values: Sequence[Value], *, radius: float = 100, label_at: float = 1.18) -> Radar:
    """Lay out a radar: the first axis points up, the others follow clockwise; needs three values or more."""
    count = len(values)
    angles = [2 * math.pi * index / count for index in range(count)]
    dots = [
        None if value is None else _at(angle, radius * value / 100) for angle, value in zip(angles, values, strict=True)
    ]
    sides = [(a, b) for a, b in pairwise([*dots, dots[0]]) if a is not None and b is not None]
    return Radar(
        axes=tuple(
            Axis(_at(angle, radius), _at(angle, radius * label_at), dot)
            for angle, dot in zip(angles, dots, strict=True)
        ),
        rings=tuple(_points(_at(angle, radius * ring / 100) for angle in angles) for ring in RINGS),
        areas=tuple(_points((Point(0, 0), a, b)) for a, b in sides),
        edges=tuple(sides),
    )


def line(values: Sequence[Value], *, width: float, height: float) -> Line:
    """Lay out a line from left to right; a single value stands in the middle."""
    count = len(values)
    steps = [width / 2 if count == 1 else width * index / (count - 1) for index in range(count)]
    places = [
        None if value is None else Point(round(x, 1), round(height * (1 - value / 100), 1))
        for x, value in zip(steps, values, strict=True)
    ]
    runs: list[list[Point]] = [[]]
    for place in places:
        if place is not None:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    return Line(
        runs=tuple(_points(run) for run in runs if len(run) > 1),
        dots=tuple(place for place in places if place is not None),
        steps=tuple(round(x, 1) for x in steps),
    )


def _at(angle: float, distance: float) -> Point:
    return Point(round(distance * math.sin(angle), 1) + 0.0, round(-distance * math.cos(angle), 1) + 0.0)


def _points(points: Iterable[Point]) -> str:
    return " ".join(str(point) for point in points)
