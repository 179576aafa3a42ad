"""Names of everywhere, from the request for onboarding to the files of a market survey, unchanged."""

import csv
import io
import unicodedata
import zipfile

import pikepdf
import pytest
from catalog.adapters.dossier_files.pdf import printable

from .conftest import Catalog

RIGHT_TO_LEFT = "\u200fעיריית דוגמה\u200f \u061cبلدية\u061c \u200e(Musterstadt)\u200e"
LETTERS = "".join(
    chr(code)
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if unicodedata.category(chr(code)) in ("Lu", "Ll") and unicodedata.decomposition(chr(code))
)
"""Every Latin letter with a diacritic that Unicode has in one piece."""
HEBREW = "".join(chr(code) + "\u05b8\u05b9\u05bc"[code % 3] for code in range(0x5D0, 0x5EB))
ARABIC = "".join(map(chr, (*range(0x621, 0x63B), *range(0x641, 0x653)))) + "پچژکگی ٠١٢٣ ۴۵۶"
NAMES = [
    *(LETTERS[start : start + 190] for start in range(0, len(LETTERS), 190)),
    unicodedata.normalize("NFD", "Ǻłëśünđ ế Ŵİı ẞ Ø̈"),
    RIGHT_TO_LEFT,
    f"{HEBREW} {ARABIC}",
]


async def test_a_name_comes_through_from_onboarding_to_the_files(
    catalog: Catalog, person: str, provider: str, clerk: str
) -> None:
    solution = await catalog.published(person, provider, name="Räume Plus")
    for name in NAMES:
        town = await catalog.organisation(clerk, "municipality", name=name)
        assert (await catalog.ok(clerk, "GET", f"/organisations/{town}"))["name"] == name
        me = await catalog.ok(clerk, "GET", "/me")
        assert name in [each["organisation_name"] for each in me["memberships"]]
        about = {"title": name, "need": f"Für {name}.", "solutions": [solution["id"]], "organisation_id": town}
        survey = await catalog.ok(clerk, "POST", "/dossiers", json=about)
        path = f"/dossiers/{survey['id']}"
        frozen = await catalog.ok(clerk, "POST", f"{path}/freeze", headers={"If-Match": f'"{survey["version"]}"'})
        assert frozen["organisation_name"] == name
        await _files_name(catalog, clerk, path, name)


async def _files_name(catalog: Catalog, clerk: str, path: str, name: str) -> None:
    async def file(kind: str) -> bytes:
        answer = await catalog(clerk, "GET", f"{path}/files/{kind}")
        assert answer.is_success, answer.text
        return answer.content

    assert name in (await file("json")).decode()
    rows = csv.reader(io.StringIO((await file("csv")).decode("utf-8-sig")), delimiter=";")
    assert any(name in cell for row in rows for cell in row)
    with zipfile.ZipFile(io.BytesIO(await file("ods"))) as sheet:
        assert name in sheet.read("content.xml").decode()
    with pikepdf.open(io.BytesIO(await file("pdf"))) as pdf, pdf.open_metadata() as meta:
        title = str(meta["dc:title"])
        assert printable(name) in title
        assert "[U+" not in title, "every Latin, Hebrew and Arabic letter is printed, marks of direction show nothing"
        if name is not RIGHT_TO_LEFT:
            assert unicodedata.normalize("NFC", name) in title
        assert pdf.Root.MarkInfo.Marked


async def test_a_letter_with_a_mark_of_another_font_is_no_reason_to_have_no_file(
    catalog: Catalog, person: str, provider: str, clerk: str, town: str
) -> None:
    solution = await catalog.published(person, provider, name="Räume Plus")
    about = {
        "title": "Amt t\u0485\u20ac",
        "need": "═\u0301 Ж\u0489",
        "solutions": [solution["id"]],
        "organisation_id": town,
    }
    survey = await catalog.ok(clerk, "POST", "/dossiers", json=about)
    path = f"/dossiers/{survey['id']}"
    await catalog.ok(clerk, "POST", f"{path}/freeze", headers={"If-Match": f'"{survey["version"]}"'})
    answer = await catalog(clerk, "GET", f"{path}/files/pdf")
    assert answer.is_success, answer.text
    with pikepdf.open(io.BytesIO(answer.content)) as pdf, pdf.open_metadata() as meta:
        assert "Amt t[U+0485]€" in str(meta["dc:title"])


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("שָׁלוֹם بلدية", unicodedata.normalize("NFC", "שָׁלוֹם بلدية")),
        ("\u05b8ש\n\u0301a", "[U+05B8]ש\n[U+0301]a"),
        ("A\u05b8 ש\u064e ب\u0301", "A[U+05B8] ש[U+064E] ب[U+0301]"),
        ("\u200f\u05b8ש", "[U+05B8]ש"),
        ("東京 \U0001f600 \ue000", "[U+6771][U+4EAC] [U+1F600] [U+E000]"),
    ],
)
def test_what_no_font_shows_is_printed_as_its_code_point(given: str, shown: str) -> None:
    assert printable(given) == shown


async def test_a_name_that_would_turn_what_stands_beside_it_is_refused(catalog: Catalog, person: str) -> None:
    for mark in "\u202e\u2067\u202d\u0000":
        answer = await catalog(person, "POST", "/organisations", json={"name": f"A{mark}B", "kinds": ["provider"]})
        assert answer.status_code == 422, answer.text
        assert [each["field"] for each in answer.json()["errors"]] == ["name"]
