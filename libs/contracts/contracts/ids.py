"""Identifiers: time-ordered ones for new things, derived ones where the same input must give the same."""

import os
import time
import uuid

NAMESPACE = uuid.UUID("6f2d1a0e-5d0f-5b7c-9a64-0d5f6c3b8e21")


def uuid7() -> str:
    """Return a UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((random_bits >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random_bits & ((1 << 62) - 1)
    return str(uuid.UUID(int=value))


def derived_id(*parts: str) -> str:
    """Return the UUIDv5 of the parts: always the same for the same parts in the same order."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))
