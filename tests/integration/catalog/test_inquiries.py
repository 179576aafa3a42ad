"""Inquiries over HTTP on the real database and bus: both sides, the file, what is told, bad input."""

from contracts.catalog import InquirySent
from contracts.people import InquiryAnswered
from servicekit.testing import wait

from .conftest import Catalog


async def test_an_inquiry_goes_there_and_the_answer_back(catalog: Catalog) -> None:
    provider = await catalog.organisation("pia", "provider")
    town = await catalog.organisation("tom", "municipality", name="Stadt Ŝtäđtçhen")
    solution = await catalog.published("pia", provider)
    wanted = {
        "solution_id": solution["id"],
        "subject": "Räume <script>alert(1)</script>",
        "needed_by": "2027-05",
        "questions": ["=1+1"],
        "text": "Wir suchen eine Lösung.",
    }
    key = {"Idempotency-Key": "inquiry-1"}
    sent = await catalog.ok("tom", "POST", "/inquiries", json=wanted, headers=key)
    assert (await catalog.ok("tom", "POST", "/inquiries", json=wanted, headers=key))["inquiry"] == sent["inquiry"]
    path = f"/inquiries/{sent['inquiry']['id']}"
    assert (sent["inquiry"]["side"], sent["inquiry"]["state"]) == ("asking", "sent")
    for stranger in ("nobody", "curator"):
        assert (await catalog(stranger, "GET", path)).status_code == 404
    assert (await catalog(None, "GET", path)).status_code == 401
    assert (await catalog.ok("pia", "POST", f"{path}/seen"))["inquiry"]["state"] == "seen"
    answered = await catalog.ok("pia", "POST", f"{path}/messages", json={"text": "Gern, ab 500 Euro."})
    assert answered["inquiry"]["state"] == "answered"
    got = await catalog.ok("tom", "GET", "/inquiries", params={"side": "asking", "state": "answered"})
    assert [each["id"] for each in got["items"]] == [sent["inquiry"]["id"]]
    file = await catalog("tom", "GET", f"{path}/export", params={"format": "csv"})
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert "'=1+1" in file.content.decode("utf-8-sig")
    [told] = await catalog.heard(InquirySent, sent["inquiry"]["id"])
    assert (told.data.to_organisation_id, told.data.from_organisation_name) == (provider, "Stadt Ŝtäđtçhen")
    [back] = await catalog.heard(InquiryAnswered, sent["inquiry"]["id"])
    assert back.data.to_organisation_id == town
    for event in (told, back):
        assert b"Euro" not in event.to_bytes()
    erased = await catalog.ok("tom", "DELETE", f"{path}/words")
    assert (erased["wish"], erased["messages"][0]["text"], erased["inquiry"]["state"]) == (None, None, "closed")


async def test_both_sides_are_called_what_they_are_called_now(catalog: Catalog) -> None:
    provider = await catalog.organisation("pam", "provider")
    await catalog.organisation("tam", "municipality", name="Stadt Ŝtäđtçhen")
    solution = await catalog.published("pam", provider)
    wish = {"solution_id": solution["id"], "subject": "Räume", "text": "Was kostet es?"}
    sent = await catalog.ok("tam", "POST", "/inquiries", json=wish)
    held = await catalog("pam", "GET", f"/organisations/{provider}")
    new = {"json": {"name": "Ganz Neue GmbH"}, "headers": {"If-Match": held.headers["etag"]}}
    await catalog.ok("pam", "PUT", f"/organisations/{provider}", **new)

    async def renamed() -> bool:
        shown = await catalog.ok("tam", "GET", f"/inquiries/{sent['inquiry']['id']}")
        return bool(shown["inquiry"]["provider"]["organisation_name"] == "Ganz Neue GmbH")

    await wait.until(renamed, message="the new name is shown")


async def test_bad_inquiries_are_refused(catalog: Catalog) -> None:
    await catalog.organisation("ute", "municipality", name="Gemeinde Ü")
    for wrong in (
        {"subject": "", "text": "x"},
        {"subject": "x", "text": "x" * 5001},
        {"subject": "x\x00", "text": "x"},
        {"subject": "x", "text": "x", "needed_by": "bald"},
        {"subject": "x", "text": "x", "questions": ["?"] * 21},
        {"subject": "x", "text": "x", "unknown": 1},
    ):
        answer = await catalog("ute", "POST", "/inquiries", json={"solution_id": "s", **wrong})
        assert answer.status_code == 422, wrong
    missing = await catalog("ute", "POST", "/inquiries", json={"solution_id": "s", "subject": "x", "text": "x"})
    assert (missing.status_code, missing.json()["slug"]) == (404, "solution-not-found")
    assert (await catalog("ute", "GET", "/inquiries", params={"state": "lost"})).status_code == 422
    assert (await catalog("ute", "GET", "/inquiries/none/export", params={"format": "pdf"})).status_code == 422
