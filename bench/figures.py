"""Medians, percentiles and printed rows."""

import math
import statistics
import sys
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def row(title: str, *cells: str) -> None:
    """Print one line of a table."""
    sys.stdout.write(f"{title:<58}" + "".join(f"{cell:>14}" for cell in cells) + "\n")
    sys.stdout.flush()


def paired(title: str, ours: Sequence[float], other: Sequence[float], unit: str, aim: float) -> None:
    """Print two series measured in turn and the median of their ratios pair by pair."""
    ratio = statistics.median(a / b for a, b in zip(ours, other, strict=True))
    row(
        title,
        f"{statistics.median(ours):,.0f} {unit}",
        f"{statistics.median(other):,.0f} {unit}",
        f"{ratio:.2f}",
        f"aim {aim:g}",
    )
