"""What is told about inquiries: to whom, in which words, and that their text is not told."""

from notify.adapters.templates import JinjaTemplates
from notify.application import people_notices as notices

from .test_use_notices import said, sample


def test_a_provider_learns_of_an_inquiry_without_its_words(templates: JinjaTemplates) -> None:
    event = sample("inquiry_sent", solution_name="DorfFunk", from_organisation_name="Landkreis Musterland")
    notice = notices.of_inquiry(event)
    assert (notice.organisation_id, notice.link) == (
        event.data.to_organisation_id,
        f"/anfragen/{event.data.inquiry_id}",
    )
    title, text = said(templates, notice)
    assert title == "Neue Anfrage zu „DorfFunk“"
    assert text.startswith("Landkreis Musterland hat eine Anfrage zu „DorfFunk“ gestellt.")
    assert event.data.message not in text


def test_the_other_side_learns_of_an_answer_and_of_more(templates: JinjaTemplates) -> None:
    answer = notices.of_answer(sample("inquiry_answered"))
    assert said(templates, answer)[0] == "Antwort auf Ihre Anfrage: „Mitfahrbank Digital“"
    more = notices.of_answer(sample("inquiry_answered", answer=False))
    assert "hat noch einmal zur Anfrage zu „Mitfahrbank Digital“ geschrieben." in said(templates, more)[1]


def test_a_reminder_says_how_long_somebody_waits(templates: JinjaTemplates) -> None:
    event = sample("inquiry_due", waiting_days=14)
    notice = notices.of_due(event)
    assert notice.organisation_id == event.data.to_organisation_id
    assert "wartet seit 14 Tagen" in said(templates, notice)[1]


def test_the_team_learns_of_a_report(templates: JinjaTemplates) -> None:
    notice = notices.of_report(sample("inquiry_reported"))
    assert (notice.role, notice.link) == ("curator", "/pruefung/anfragen")
    assert "Werbung" in said(templates, notice)[1]


def test_a_guest_gets_a_link_and_the_message_goes_with_it(templates: JinjaTemplates) -> None:
    given = {"token": "id.secret", "organisation_name": "Stadt Ä", "expires_at": "2026-04-01T22:30:00Z"}
    event = sample("member_invited", **given)
    notice = notices.of_invitation(event)
    assert notice is not None
    assert (notice.address, notice.link, notice.keep_until) == (
        "kollegin@example.org",
        "/einladung/id.secret",
        event.data.expires_at,
    )
    text = said(templates, notice)[1]
    assert "für „Stadt Ä“ mitzuarbeiten (Redaktion)" in text
    assert "bis zum 02.04.2026" in text
    assert notices.of_invitation(sample("member_invited")) is None, "an old event without a link"
    assert notices.of_invitation(sample("member_invited", **{**given, "email": "x\nBcc: a@example.org"})) is None


def test_the_team_learns_of_a_request_and_whether_it_comes_again(templates: JinjaTemplates) -> None:
    notice = notices.of_request(sample("onboarding_requested", again=False))
    assert (notice.role, notice.link) == ("curator", "/pruefung/organisationen")
    title, text = said(templates, notice)
    assert title == "Neuer Antrag: Landkreis Musterland"
    assert "(Kommune, Brandenburg)" in text
    again = said(templates, notices.of_request(sample("onboarding_requested")))
    assert again[0] == "Neuer Anlauf: Landkreis Musterland"


def test_the_requester_learns_why_it_was_refused(templates: JinjaTemplates) -> None:
    notice = notices.of_refusal(sample("onboarding_refused", reason="<b>Siegel</b> fehlt"))
    assert (notice.user, notice.link) == ("u-4711", "/organisation")
    assert "Landkreis Musterland" in notice.reason
    title, text = said(templates, notice)
    assert title == "Nicht freigeschaltet: Landkreis Musterland"
    assert "<b>Siegel</b> fehlt" in text
