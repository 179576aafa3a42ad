"""Coordinates of charts: a missing value is a gap, never a zero."""

import pytest
from servicekit.charts import Point, line, radar


def test_a_radar_starts_at_the_top_and_goes_clockwise() -> None:
    drawn = radar([100, 50, 0, 25])
    assert [axis.dot for axis in drawn.axes] == [Point(0, -100), Point(50, 0), Point(0, 0), Point(-25, 0)]
    assert [axis.label for axis in drawn.axes] == [Point(0, -118), Point(118, 0), Point(0, 118), Point(-118, 0)]
    assert len(drawn.areas) == len(drawn.edges) == 4
    assert drawn.rings[-1] == "0,-100 100,0 0,100 -100,0"
    assert len(drawn.rings) == 4


def test_a_radar_leaves_a_gap_where_a_value_is_missing() -> None:
    drawn = radar([80, None, 60, 40, 20])
    assert drawn.axes[1].dot is None
    assert len(drawn.edges) == 3
    assert drawn.edges[-1][1] == drawn.axes[0].dot  # the last meets the first again
    assert radar([None, 50, None, 50, None]).areas == ()


def test_a_line_breaks_where_a_value_is_missing() -> None:
    drawn = line([0, 100, None, 50, 50], width=100, height=40)
    assert drawn.runs == ("0,40 25,0", "75,20 100,20")
    assert drawn.dots == (Point(0, 40), Point(25, 0), Point(75, 20), Point(100, 20))
    assert drawn.steps == (0, 25, 50, 75, 100)


@pytest.mark.parametrize("values", [[70], [None]])
def test_a_single_value_stands_in_the_middle(values: list[float | None]) -> None:
    drawn = line(values, width=100, height=40)
    assert drawn.runs == ()
    assert drawn.steps == (50,)
    assert len(drawn.dots) == (values[0] is not None)
