"""Ratings as documents and back."""

from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from typing import Any

from contracts.vocabulary import Bundesland, RatingDimension, ReportReason, SizeClass

from catalog.adapters.aggregates import Document
from catalog.domain.rating import (
    Context,
    Hidden,
    Moderation,
    ModerationAction,
    Opinion,
    Rating,
    RatingBook,
    Reply,
    Report,
    people,
)
from catalog.domain.score import METHOD


def from_book(book: RatingBook) -> Document:
    """Return the fields of a solution's ratings: one per organisation, so that each is saved by itself.

    The summary, its method, the number of reported ratings and who rated, replied or reported repeat what follows, for
    reading.
    """
    return {**_repeated(book), **{f"ratings.{key}": _from_rating(rating) for key, rating in book.ratings.items()}}


def new_book(book: RatingBook) -> Document:
    """Return the body of the document that a solution's first rating makes."""
    return {**_repeated(book), "ratings": {key: _from_rating(rating) for key, rating in book.ratings.items()}}


def to_book(solution_id: str, body: Mapping[str, Any]) -> RatingBook:
    """Read a solution's ratings back."""
    ratings: Mapping[str, Mapping[str, Any]] = body.get("ratings", {})
    return RatingBook(solution_id, {key: _to_rating(key, rating) for key, rating in ratings.items()})


def _repeated(book: RatingBook) -> Document:
    reported = sum(bool(rating.reports) for rating in book.ratings.values())
    return {
        "summary": book.summary.model_dump(),
        "method": METHOD.version,
        "reported": reported,
        "people": sorted(people(book)),
    }


def _from_rating(rating: Rating) -> Document:
    opinion, context = rating.opinion, rating.context
    return {
        "organisation_name": rating.organisation_name,
        "size_class": _value(context.size_class),
        "bundesland": _value(context.bundesland),
        "used_since": context.used_since,
        "used_version": context.version,
        "overall": opinion.overall,
        "dimensions": {dimension.value: grade for dimension, grade in opinion.dimensions.items()},
        "report": opinion.report,
        "revision": rating.revision,
        "rated_by": rating.rated_by,
        "rated_at": rating.rated_at,
        "reply": asdict(rating.reply) if rating.reply else None,
        "hidden": asdict(rating.hidden) if rating.hidden else None,
        "reports": [{**asdict(report), "reason": report.reason.value} for report in rating.reports],
        "history": [{**asdict(step), "action": step.action.value} for step in rating.history],
    }


def _to_rating(organisation_id: str, body: Mapping[str, Any]) -> Rating:
    return Rating(
        organisation_id=organisation_id,
        organisation_name=body["organisation_name"],
        context=Context(
            size_class=SizeClass(body["size_class"]) if body["size_class"] else None,
            bundesland=Bundesland(body["bundesland"]) if body.get("bundesland") else None,
            used_since=body["used_since"],
            version=body.get("used_version"),
        ),
        opinion=Opinion(
            overall=body["overall"],
            dimensions={RatingDimension(name): grade for name, grade in body["dimensions"].items()},
            report=body["report"],
        ),
        revision=body["revision"],
        rated_by=body["rated_by"],
        rated_at=body["rated_at"],
        reply=Reply(**body["reply"]) if body["reply"] else None,
        hidden=Hidden(**body["hidden"]) if body["hidden"] else None,
        reports=tuple(Report(**{**each, "reason": ReportReason(each["reason"])}) for each in body.get("reports", ())),
        history=tuple(
            Moderation(**{**each, "action": ModerationAction(each["action"])}) for each in body.get("history", ())
        ),
    )


def _value(choice: Enum | None) -> Any:
    return choice.value if choice else None
