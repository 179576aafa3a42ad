"""Short names of results, by which a cursor says what was shown already."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable

DIGEST_CHARACTERS = 8


def digest(solution_id: str) -> str:
    """Return a short name of a result: 48 bits, so that two of a few hundred hardly ever share one."""
    return urlsafe_b64encode(hashlib.blake2b(solution_id.encode(), digest_size=6).digest()).decode()


def digests(ids: Iterable[str]) -> str:
    """Return the names of several results in one string."""
    return "".join(map(digest, ids))


def names_of(joined: str) -> frozenset[str]:
    """Return the names in a string that `digests` made."""
    return frozenset(joined[at : at + DIGEST_CHARACTERS] for at in range(0, len(joined), DIGEST_CHARACTERS))
