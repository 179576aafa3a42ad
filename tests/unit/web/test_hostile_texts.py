"""Texts that mean harm: in listings, evidence, findings, messages, links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web.rendering import markdown

from web import links

from . import answers
from .conftest import Site

SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "\"><img src=x onerror=alert(1)>'--></style>"


def harmless(html: str) -> bool:
    lowered = html.lower()
    return not any(sign in lowered for sign in ("<script>alert", "<img src=x", '="javascript:', "='javascript:"))


async def test_a_hostile_listing_stays_text(site: Site) -> None:
    hostile = answers.listing(
        name=SCRIPT,
        summary=BREAKOUT,
        description=f"{SCRIPT}\n\n[klick](javascript:alert(1)) ![x](https://example.org/x.png)\n\n<b>fett</b>",
        features=[SCRIPT],
        use_cases=[BREAKOUT],
        target_groups=[SCRIPT],
        licence=SCRIPT,
        operating_note=BREAKOUT,
        website_url="javascript:alert(1)",
        repository_url='https://example.org/"><script>alert(1)</script>',
        used_by=[SCRIPT],
        kind=SCRIPT,
        fields_of_action=[SCRIPT],
    )
    evil = answers.metric(title_de=SCRIPT, evidence=[{"text": SCRIPT, "path": BREAKOUT, "line": 1}], advice_de=SCRIPT)
    report = answers.report(reason=SCRIPT, notes=[SCRIPT])
    report["dimensions"][0]["metrics"] = [evil]
    site.gateway.on(
        "GET /api/catalog/solutions/terminlotse", answers.solution(listing=hostile, organisation_name=SCRIPT)
    )
    site.gateway.on(f"GET /api/checkup/solutions/{answers.SOLUTION}", report)
    page = (await site.get("/loesungen/terminlotse")).text
    assert harmless(page)
    assert "<b>fett</b>" not in page
    assert '<a href="https://example.org/x.png"' in page, "pictures from elsewhere would tell who reads"
    assert '<img src="http' not in page


async def test_a_hostile_hit_stays_text(site: Site) -> None:
    hit = answers.hit(name=SCRIPT, summary=BREAKOUT, provider=SCRIPT, slug="a/../b?x", region=SCRIPT)
    facets = {"provider": [{"value": BREAKOUT, "label": SCRIPT, "count": 1, "selected": False}]}
    site.gateway.on("GET /api/search/solutions", answers.found(hit, facets=facets))
    page = (await site.get("/suche?q=" + "%22%3E%3Cscript%3Ealert(1)%3C/script%3E")).text
    assert harmless(page)
    assert 'href="/loesungen/a/../b%3Fx"' in page


async def test_a_hostile_report_and_reply_stay_text(site: Site) -> None:
    rating = answers.rating(organisation_name=SCRIPT, report=SCRIPT, reply={"text": BREAKOUT}, used_since=SCRIPT)
    site.gateway.on(
        f"GET /api/catalog/solutions/{answers.SOLUTION}/ratings", {"summary": answers.summary(), "items": [rating]}
    )
    await site.log_in()
    assert harmless((await site.get("/loesungen/terminlotse")).text)


async def test_hostile_uses_claims_and_conversations_stay_text(site: Site) -> None:
    base = f"/api/catalog/solutions/{answers.SOLUTION}"
    town = answers.membership(answers.TOWN, "municipality", name=SCRIPT)
    hostile = {"organisation_name": SCRIPT, "version": BREAKOUT, "module": SCRIPT, "since": SCRIPT}
    claim = answers.claim(name=SCRIPT, since=SCRIPT, version=BREAKOUT, module=SCRIPT, reason=SCRIPT)
    used = answers.used(confirmed=1, claimed=1, items=[answers.use(**hostile)], claims=[claim])
    site.gateway.on(f"GET {base}/deployments", used)
    site.gateway.on(f"GET {base}/deployments/{answers.TOWN}", answers.own_use(**hostile))
    site.gateway.on(f"GET {base}/deployments/claims", {"items": [claim]})
    site.gateway.on(f"GET {base}/working", answers.own())
    own = {
        "uses": [{"solution": answers.brief(), "use": answers.own_use(**hostile)}],
        "claims": [{"solution": {**answers.brief(), "name": SCRIPT, "provider_name": SCRIPT}, "claim": claim}],
    }
    site.gateway.on(f"GET /api/catalog/organisations/{answers.TOWN}/deployments", own)
    report = {"message_id": "message-0", "reason": SCRIPT, "note": SCRIPT, "at": "2026-11-20T10:00:00Z"}
    talk = answers.conversation(
        messages=[{"id": "message-0", "side": "asking", "organisation_name": SCRIPT, "text": SCRIPT, "at": None}],
        complaints=[report],
        rulings=[{"stopped": True, "reason": SCRIPT, "at": None}],
    )
    site.gateway.on("GET /api/catalog/peer-threads", {"items": [answers.thread(solution_name=SCRIPT)]})
    site.gateway.on("GET /api/catalog/peer-threads/thread-1", talk)
    rated = answers.rating(organisation_name=SCRIPT, report=SCRIPT)
    step = {"action": SCRIPT, "reason": SCRIPT, "by": SCRIPT, "at": "2026-11-20T10:00:00Z", "reports": 1}
    moderated = {"solution": answers.brief(), "rating": rated, "reports": [report], "history": [step]}
    site.gateway.on("GET /api/catalog/moderation/ratings", {"items": [moderated]})
    site.gateway.on("GET /api/catalog/moderation/peer-threads", {"items": [answers.thread(None)]})
    await site.log_in("curator", memberships=[town, answers.membership()])
    for path in (
        "/loesungen/terminlotse",
        "/loesungen/terminlotse/einsatz",
        "/loesungen/terminlotse/fragen/county",
        "/unser-einsatz",
        f"/unser-einsatz/{answers.SOLUTION}/beenden?organisation={answers.TOWN}",
        f"/meine-loesungen/{answers.SOLUTION}/einsatz",
        "/austausch",
        "/austausch/thread-1",
        "/pruefung/meldungen",
    ):
        answer = await site.get(path)
        assert answer.status_code == 200, path
        assert harmless(answer.text), path


async def test_a_hostile_case_and_message_stay_text(site: Site) -> None:
    changes = [{"field": SCRIPT, "before": SCRIPT, "after": [BREAKOUT]}]
    audit = [{"at": "2026-11-20T10:00:00Z", "actor": SCRIPT, "action": SCRIPT, "detail": SCRIPT}]
    findings = [{"criterion": SCRIPT, "result": SCRIPT, "finding": SCRIPT}]
    case = answers.case(solution_name=SCRIPT, changes=changes, audit=audit, findings=findings, message=SCRIPT)
    site.gateway.on("GET /api/review/cases/case-1", case)
    await site.log_in("reviewer")
    assert harmless((await site.get("/pruefung/case-1")).text)
    message = answers.message(title=SCRIPT, text=SCRIPT, reason=SCRIPT, link="javascript:alert(1)")
    site.gateway.on("GET /api/notify/inbox", {"items": [message], "unread": 1})
    assert harmless((await site.get("/posteingang")).text)


async def test_a_hostile_name_of_the_user_stays_text(site: Site) -> None:
    site.identity.claims["name"] = SCRIPT
    await site.log_in()
    assert harmless((await site.get("/")).text)


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<a href='javascript:alert(1)'>x</a>",
        "<svg onload=alert(1)>",
        "![x](x.png)",
        "<iframe src=//evil.example></iframe>",
    ],
)
def test_markdown_lets_nothing_dangerous_through(text: str) -> None:
    html = str(markdown.render(text))
    for sign in ('href="javascript', 'href="data', "<svg", "<img", "<iframe", "<script"):
        assert sign not in html


def test_headings_in_descriptions_stay_below_those_of_the_page() -> None:
    html = str(markdown.render("# Eins\n\n###### Sechs"))
    assert "<h3>Eins</h3>" in html
    assert "<h6>Sechs</h6>" in html


def test_links_in_descriptions_give_no_credit_and_no_opener() -> None:
    html = str(markdown.render("[x](https://example.org)"))
    assert 'rel="nofollow ugc noopener noreferrer"' in html


@given(st.text(max_size=60))
def test_a_path_to_go_back_to_stays_on_this_site(given_path: str) -> None:
    path = links.own_path(given_path)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert "\n" not in path
    assert "\\" not in path


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example", "", None]
)
def test_only_web_addresses_become_links(address: str | None) -> None:
    assert links.web_link(address) is None
