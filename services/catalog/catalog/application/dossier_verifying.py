"""Tells whether a file is the dossier that was sealed here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from servicekit import errors

from catalog.application import dossier_record as records
from catalog.application.dossier_ports import SurveyPorts
from catalog.domain.dossier import Dossier, Step

HASH = "sha256"
"""Where an exported file names its own hash; everything else in it is hashed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`genuine`: as sealed. `changed`: a dossier from here with another content. `unknown`: not sealed here.

    Only a genuine file is told what it is, for who has it knows that; of a changed one only when it was frozen.
    """

    result: Literal["genuine", "changed", "unknown"]
    sha256: str
    dossier_id: str | None = None
    title: str | None = None
    organisation_name: str | None = None
    frozen_at: datetime | None = None
    concluded_at: datetime | None = None
    newer_seal: bool = False
    """True when the outcome was added after this file was made."""


def exported(record: bytes) -> bytes:
    """Return the file of a record: the record with its hash, in canonical JSON."""
    return records.canonical({**json.loads(record), HASH: records.digest(record)})


async def verify_file(ports: SurveyPorts, body: bytes) -> Verdict:
    """Compare a file with what was sealed; raises ProblemError `not-a-dossier` (422) for anything else."""
    claimed, actual, dossier_id = await ports.aside(partial(_read, body))
    verdict = await verify_hash(ports, actual)
    if verdict.result == "genuine" and claimed == actual:
        return verdict
    held = await ports.dossiers.get(dossier_id)
    if held is None or not held.state.seals:
        return Verdict("unknown", actual)
    return Verdict("changed", actual, held.state.id, frozen_at=held.state.seals[0].at)


async def verify_hash(ports: SurveyPorts, sha256: str) -> Verdict:
    """Tell what was sealed with this hash."""
    found = await ports.dossiers.by_seal(sha256)
    return Verdict("unknown", sha256) if found is None else _genuine(found, sha256)


def _genuine(dossier: Dossier, sha256: str) -> Verdict:
    moments = {seal.step: seal.at for seal in dossier.seals}
    return Verdict(
        "genuine",
        sha256,
        dossier.id,
        dossier.title,
        dossier.organisation_name,
        moments[Step.FROZEN],
        moments.get(Step.CONCLUDED),
        newer_seal=dossier.seals[-1].sha256 != sha256,
    )


def _read(body: bytes) -> tuple[Any, str, str]:
    """Return the hash that a file names, the one that it has, and the dossier that it says it is."""
    document = _parsed(body)
    claimed = document.pop(HASH, None)
    return claimed, records.digest(records.canonical(document)), str(document.get("dossier_id", ""))[:100]


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise errors.invalid("not-a-dossier", f"this is no dossier of the marketplace: {error}") from error
    if not isinstance(document, dict) or document.get("format") != records.FORMAT:
        raise errors.invalid("not-a-dossier", "this is no dossier of the marketplace: it is another kind of file")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
