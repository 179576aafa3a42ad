"""What is remembered of one facet of a solution from event to event, to say what is new about it."""

from dataclasses import dataclass, replace

from search.domain.document import FacetName


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest event of the facet that was dealt with: its place in one incarnation (`stream`) of the event stream.

    `version` is the newest one that was told of, `awards` are those held after the last checkup; None as long as none
    is known.
    """

    solution_id: str
    facet: FacetName
    stream: str = ""
    sequence: int = 0
    version: int | None = None
    awards: tuple[str, ...] | None = None

    def covers(self, stream: str, sequence: int) -> bool:
        """True when this event or a newer one was dealt with."""
        return self.stream == stream and self.sequence >= sequence

    def moved(self, stream: str, sequence: int) -> "Mark":
        """Return the mark at another event."""
        return replace(self, stream=stream, sequence=sequence)

    def published(self, version: int) -> tuple["Mark", bool]:
        """Return the mark after a publication, and whether that version was not told of before."""
        if self.version is not None and version <= self.version:
            return self, False
        return replace(self, version=version), True

    def scored(self, awards: tuple[str, ...]) -> tuple["Mark", tuple[str, ...]]:
        """Return the mark after a checkup, and the awards that were lost since the one before."""
        lost = tuple(award for award in self.awards or () if award not in awards)
        return replace(self, awards=awards), lost
