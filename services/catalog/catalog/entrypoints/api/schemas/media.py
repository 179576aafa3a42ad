"""What is said about pictures and documents over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, field_validator
from servicekit import errors
from servicekit.errors import FieldError

from catalog.domain.media import MOST
from catalog.entrypoints.api.schemas.texts import Request, without_control_characters


def _line(value: str) -> str:
    return str(without_control_characters(value, line_breaks=False))


Alt = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_line)]


class MediaUpload(Request):
    """The texts that come with a file: what a picture shows (a document's title), and a caption."""

    alt: Alt
    caption: Alt | None = None

    @field_validator("caption", mode="before")
    @classmethod
    def _blank(cls, given: Any) -> Any:
        return None if isinstance(given, str) and not given.strip() else given

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Read form fields; raises ProblemError `invalid-request` (422)."""
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            faults = [FieldError(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
            raise errors.invalid("invalid-request", f"{faults[0].field}: {faults[0].message}", faults) from error


class MediaText(MediaUpload):
    """The same for a file that is there, and its place from 0."""

    position: Annotated[int, Field(ge=0, lt=MOST)] | None = None
