"""Names of indices and aliases."""

import re
from datetime import UTC, datetime

READ_ALIAS = "solutions"
"""What searches ask."""
WRITE_ALIAS = "solutions-write"
"""What live writes go to: the live index, and one about to replace it."""
PREVIOUS_ALIAS = "solutions-previous"
"""What a rollback goes back to: the index that was searched before."""
CONTROL_INDEX = "solutions-control"
"""Where rebuilds and the lease on them are kept."""

_INDEX = re.compile(r"^solutions-v(\d+)-\d{8}t\d{9}$")
INDEX_PATTERN = "solutions-v*"


def index_name(schema: int, at: datetime) -> str:
    """Return the name of an index made at an instant; names of one schema sort by age."""
    moment = at.astimezone(UTC)
    return f"solutions-v{schema}-{moment:%Y%m%dt%H%M%S}{moment.microsecond // 1000:03d}"


def schema_of(index: str) -> int:
    """Return the schema version in an index's name; 0 for a name that is none of ours."""
    match = _INDEX.match(index)
    return int(match.group(1)) if match else 0


def made_at(index: str) -> datetime:
    """Return when an index was made, from its name."""
    return datetime.strptime(f"{age_key(index)}000+0000", "%Y%m%dt%H%M%S%f%z")


def age_key(index: str) -> str:
    """Return what indices are sorted by, oldest first."""
    return index.rsplit("-", 1)[-1]
