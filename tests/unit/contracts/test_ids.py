"""Identifiers sort by time or repeat on purpose."""

import time
import uuid

from contracts.ids import derived_id, uuid7
from servicekit.testing import wait


def test_uuid7_has_version_variant_and_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(uuid7())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_later_ones_sort_later() -> None:
    first = uuid7()
    later = wait.until_sync(lambda: (made := uuid7())[:13] != first[:13] and made)
    assert first < str(later)


def test_ten_thousand_are_different() -> None:
    assert len({uuid7() for _ in range(10_000)}) == 10_000


def test_derived_ids_depend_on_every_part_and_its_place() -> None:
    assert derived_id("a", "b") == derived_id("a", "b")
    assert len({derived_id("a", "b"), derived_id("b", "a"), derived_id("ab"), derived_id("a", "b", "")}) == 4
