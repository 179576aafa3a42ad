"""Licence clarity (D7): what the licence file is by its own words, what else is declared, and whether they agree."""

import re
from functools import lru_cache

from licenseclassifier import identify_license

from checkup.analysis import publiccode
from checkup.analysis.paths import Kind
from checkup.analysis.repository import File
from checkup.analysis.survey import Survey
from checkup.analysis.words import listed
from checkup.domain.measurement import Evidence, Measurement, measured

FILE = re.compile(
    r"^(licen[sc]e|copying|unlicense|eupl)([._-][^/]*)?$|^LICENSES/[^/]+\.txt$|^[^/]+/(licen[sc]e|copying)(\.[a-z]+)?$",
    re.IGNORECASE,
)
FINGERPRINTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("EUPL-1.2", ("european union public licen", "1.2")),
    ("EUPL-1.2", ("open-source-lizenz für die europäische union", "1.2")),
    ("EUPL-1.1", ("european union public licen", "1.1")),
    ("AGPL-3.0", ("gnu affero general public license", "version 3")),
    ("LGPL-3.0", ("gnu lesser general public license", "version 3")),
    ("LGPL-2.1", ("gnu lesser general public license", "version 2.1")),
    ("GPL-3.0", ("gnu general public license", "version 3")),
    ("GPL-2.0", ("gnu general public license", "version 2")),
    ("Apache-2.0", ("apache license", "version 2.0")),
    ("MPL-2.0", ("mozilla public license", "2.0")),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "neither the name")),
    ("BSD-2-Clause", ("redistribution and use in source and binary forms",)),
    ("ISC", ("permission to use, copy, modify, and/or distribute this software for any purpose",)),
    ("MIT", ("permission is hereby granted, free of charge", "without restriction")),
    ("BSL-1.0", ("boost software license",)),
    ("EPL-2.0", ("eclipse public license", "2.0")),
    ("Unlicense", ("this is free and unencumbered software released into the public domain",)),
    ("CC0-1.0", ("cc0 1.0 universal",)),
    ("CC-BY-4.0", ("creative commons attribution 4.0",)),
)
OPEN = (frozenset(name for name, _ in FINGERPRINTS) - {"CC-BY-4.0", "CC0-1.0"}) | listed(
    # approved by the Open Source Initiative, besides those above
    "0BSD AFL-3.0 Artistic-2.0 BlueOak-1.0.0 BSD-1-Clause CAL-1.0 CDDL-1.0 CECILL-2.1 CERN-OHL-S-2.0 ECL-2.0 EPL-1.0 "
    "LGPL-2.0 LiLiQ-P-1.1 LiLiQ-R-1.1 MIT-0 MPL-1.1 MS-PL MS-RL MulanPSL-2.0 NCSA OFL-1.1 OLDAP-2.8 OSL-3.0 PHP-3.01 "
    "PostgreSQL Python-2.0 Unicode-3.0 UPL-1.0 W3C Zlib ZPL-2.1"
)
# REUSE-IgnoreStart
HEADER = re.compile(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+ ()-]{2,80})")
# REUSE-IgnoreEnd
DECLARED = re.compile(
    r"""^\s*["']?licen[sc]e["']?\s*[:=]\s*(?:\{\s*text\s*=\s*)?["']?([A-Za-z0-9.+-]{2,40}(?:\s+(?:OR|AND|WITH)\s+[A-Za-z0-9.+-]+)*)""",
    re.MULTILINE,
)
FAMILY = r"(-only|-or-later|\+)$"
PACKAGE_FILES = re.compile(r"^(package\.json|pyproject\.toml|Cargo\.toml|composer\.json|setup\.cfg)$")


def measure(survey: Survey) -> list[Measurement]:
    """D7 as five shares: file, known, open, agree, reuse."""
    files = _files(survey)
    known = set(detected(survey))
    named, places = declared(survey)
    same = agree(known, named)
    reuse = _reuse(survey)
    evidence = [
        Evidence("Lizenzdatei: " + (identify(survey.text(f)[:60_000]) or "nicht erkannt"), f.path) for f in files[:3]
    ]
    evidence = evidence or [Evidence("Keine Lizenzdatei gefunden")]
    evidence += places[:3]
    if known and named and not same:
        evidence.append(Evidence("Die Angaben widersprechen sich"))
    evidence.append(Evidence(f"SPDX-Angaben in {reuse:.0%} der Quelldateien"))
    return [
        measured(
            "D7",
            evidence,
            file=bool(files),
            known=bool(known),
            open=bool(known & OPEN),
            agree=same and bool(known),
            reuse=reuse >= 0.8,
        )
    ]


def found_any(survey: Survey) -> bool:
    """Whether anything in the repository says under which licence it is."""
    return bool(survey.matching(FILE)) or bool(declared(survey)[0])


def _files(survey: Survey) -> list[File]:
    return sorted(survey.matching(FILE), key=lambda file: (file.path.count("/"), file.path))


def detected(survey: Survey) -> dict[str, str]:
    """SPDX identifiers of the licence files by their own words, each with the first file's path."""
    found: dict[str, str] = {}
    for file in _files(survey):
        if name := identify(survey.text(file)[:60_000]):
            found.setdefault(name, file.path)
    return found


@lru_cache(maxsize=32)
def identify(text: str) -> str | None:
    """The SPDX identifier of a licence text; the GNU family without -only or -or-later, which its text does not tell.

    The corpus of licenseclassifier knows whole texts. Telling phrases are for what it misses (EUPL, excerpts).
    """
    if found := identify_license(text):
        return re.sub(FAMILY, "", max(found, key=lambda match: (match.end - match.start, match.id)).id)
    plain = " ".join(text.lower().split())
    return next((name for name, phrases in FINGERPRINTS if all(phrase in plain for phrase in phrases)), None)


def prepare() -> None:
    """Load the corpus and build what the matcher builds when it meets licence texts first."""
    for _, phrases in FINGERPRINTS:
        identify(" ".join(phrases))


def declared(survey: Survey) -> tuple[set[str], list[Evidence]]:
    """Licences that publiccode.yml and package metadata name."""
    found: set[str] = set()
    places: list[Evidence] = []
    data = publiccode.read(survey)
    legal = data.get("legal") if data else None
    name = legal.get("license") if isinstance(legal, dict) else None
    if isinstance(name, str):
        found.add(name)
        places.append(Evidence(f"Angabe: {name[:60]}", "publiccode.yml"))
    for file in survey.matching(PACKAGE_FILES):
        if stated := _stated(survey, file):
            found.add(stated)
            places.append(Evidence(f"Angabe: {stated[:60]}", file.path))
    return found, places


def _stated(survey: Survey, file: File) -> str | None:
    """The licence that a package file names."""
    if file.path.endswith(".json"):
        data = survey.yaml(file)
        value = data.get("license") if isinstance(data, dict) else None
        return value.strip() or None if isinstance(value, str) else None
    match = DECLARED.search(survey.text(file)[:100_000])
    return match.group(1) if match else None


def _family(name: str) -> str:
    return re.sub(FAMILY, "", name.strip()).lower()


def agree(known: set[str], named: set[str]) -> bool:
    """Every declared expression names a licence that a file holds."""
    families = {_family(name) for name in known}
    return all(any(_family(part) in families for part in re.split(r"\s+(?:OR|AND)\s+", name)) for name in named)


def _reuse(survey: Survey) -> float:
    """Share of source files covered by REUSE: a REUSE.toml covers all, else SPDX headers are counted in a sample."""
    if any(path in survey.by_path for path in ("REUSE.toml", ".reuse/dep5")):
        return 1.0
    sources = survey.code(Kind.PRODUCTION)[:200]
    if not sources:
        return 0.0
    return sum(bool(HEADER.search(survey.text(file)[:3_000])) for file in sources) / len(sources)
