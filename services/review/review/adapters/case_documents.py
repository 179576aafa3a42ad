"""Cases as documents: the aggregate's fields, plus what lists are sorted and cut by."""

from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter
from servicekit.mongo import Stored

from review.application.ports import Loaded, QueueItem
from review.domain.case import Case

_CASE: TypeAdapter[Case] = TypeAdapter(Case)
_QUEUE_ITEM: TypeAdapter[QueueItem] = TypeAdapter(QueueItem)

QUEUE_FIELDS = dict.fromkeys(sorted({field.name for field in fields(QueueItem)} - {"id"} | {"solution_version"}), 1)
"""What a list reads of each document."""


def body_of(case: Case) -> dict[str, Any]:
    """Return the document of a case, without its id.

    The aggregate's own revision is called `version` in every collection, so the solution's version gets another name.
    """
    body: dict[str, Any] = _CASE.dump_python(case)
    del body["id"]
    body["solution_version"] = body.pop("version")
    body["round"] = case.round.number
    return body


def loaded_of(stored: Stored) -> Loaded:
    """Read a case back."""
    body = {**stored.body, "id": stored.id}
    body["version"] = body.pop("solution_version")
    del body["round"]
    return Loaded(_CASE.validate_python(body), stored.version)


def queue_item_of(stored: Stored) -> QueueItem:
    """Read a list entry."""
    body = {**stored.body, "id": stored.id}
    body["version"] = body.pop("solution_version")
    return _QUEUE_ITEM.validate_python(body)
