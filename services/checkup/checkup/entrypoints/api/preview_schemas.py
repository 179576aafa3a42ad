"""What the API answers about scoring a run under another rubric."""

from typing import Self

from pydantic import BaseModel

from checkup.application.rescoring import Rescore


class DimensionChangeOut(BaseModel):
    """A dimension's score before and after; null where there is none."""

    dimension: str
    before: int | None
    after: int | None


class PreviewOut(BaseModel):
    """What another rubric makes of the same measurements; `gained` and `lost` are awards. Nothing is saved."""

    run_id: str
    commit: str | None
    rubric_before: str
    rubric_after: str
    dimensions: list[DimensionChangeOut]
    gained: list[str]
    lost: list[str]

    @classmethod
    def of(cls, found: Rescore) -> Self:
        return cls(
            run_id=found.run.id,
            commit=found.new.commit,
            rubric_before=found.old.rubric_version,
            rubric_after=found.new.rubric_version,
            dimensions=[
                DimensionChangeOut(dimension=each.dimension, before=each.before, after=each.after)
                for each in found.dimensions
            ],
            gained=list(found.gained),
            lost=list(found.lost),
        )
