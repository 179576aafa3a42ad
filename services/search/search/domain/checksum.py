"""A checksum of many documents that does not depend on their order: what was written against what is there."""

from dataclasses import dataclass
from hashlib import blake2b

_BYTES = 16


@dataclass(slots=True)
class Checksum:
    """Number and sum of documents; two are equal when (but for chance, 1 in 2^128) the same documents were added.

    A document that is missing, doubled, or in another state changes the sum. Adding is a sum and not an exclusive or,
    in which a document and its double would cancel out.
    """

    documents: int = 0
    total: int = 0

    def add(self, key: str, fingerprint: str | None) -> None:
        """Add a document by the key it lies under and the fingerprint of its content."""
        hashed = blake2b(f"{key} {fingerprint}".encode(), digest_size=_BYTES).digest()
        self.documents += 1
        self.total = (self.total + int.from_bytes(hashed, "big")) % (1 << 8 * _BYTES)

    def __str__(self) -> str:
        return f"{self.documents} documents, checksum {self.total:032x}"


def fingerprint(content: bytes) -> str:
    """Return what tells the content of one document from any other."""
    return blake2b(content, digest_size=_BYTES).hexdigest()
