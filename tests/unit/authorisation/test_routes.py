"""Every route has a stated rule, and the rule is tried: by nobody, by all whom it turns away, by who is welcome."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from catalog.application.loading import Loaded
from catalog.domain.organisation import OrganisationState

from .apps import ABOUT_PUBLISHED, APPS, opened
from .persons import MAYOR, OUTSIDERS, PROVIDER, READER, REFUSED, WELCOME
from .rules import OPEN, RULES, STRICT

HOLDING = ("catalog", "review", "checkup")
"""Services where something belongs to somebody else."""
UNPUBLISHED = ("catalog", "checkup")
"""Services that show more to members than to others."""
NAMES_UNPUBLISHED = re.compile(r"\{(id_or_slug|solution_id|media_id|run_id)\}")
PARTS = frozenset(f"{part}-not-found" for part in ("message", "version", "solution")) | {
    "measurement-not-kept",
    "not-watched",
}
"""What may be missing of things that were found; nothing published is among them."""
NOTHING_TO_DO = frozenset({"rating-not-hidden", "nothing-reported"})
"""What the team is told about a rating that was found."""
ASKER = {"DELETE /inquiries/{inquiry_id}/words": MAYOR}
"""Routes for one of two parties."""
GUESSED = "invitation.guessed"
"""The link of an invitation that is there, with another secret."""
CADDYFILE = Path(__file__).resolve().parents[3] / "deploy" / "gateway" / "Caddyfile"


def listed(wrong: dict[str, str]) -> str:
    return "\n".join(f"{name}: {what}" for name, what in wrong.items())


@pytest.mark.parametrize("service", APPS)
async def test_every_route_has_a_rule_and_every_rule_a_route(service: str) -> None:
    async with opened(service) as site:
        assert set(site.needs_login) - set(RULES[service]) == set(), "say in rules.py who may ask this"
        assert set(RULES[service]) - set(site.needs_login) == set(), "rules.py names routes that are gone"


@pytest.mark.parametrize("service", APPS)
async def test_without_a_log_in_only_what_is_public_answers(service: str) -> None:
    wrong = {}
    async with opened(service) as site:
        for name, rule in RULES[service].items():
            if rule in OPEN:
                continue
            answer = await site.send(name, None)
            if (answer.status_code, answer.json().get("slug")) != (401, "not-authenticated"):
                wrong[name] = answer.text
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("service", APPS)
async def test_what_is_public_asks_nobody_to_log_in(service: str) -> None:
    async with opened(service) as site:
        asking = [name for name, rule in RULES[service].items() if rule in OPEN and site.needs_login[name]]
    assert asking == []


@pytest.mark.parametrize("service", APPS)
async def test_others_get_nothing_of_what_is_there(service: str) -> None:
    wrong = {}
    async with opened(service) as site:
        for name, rule in RULES[service].items():
            for person in REFUSED.get(rule, ()):
                answer = await site.send(name, person, token=GUESSED)
                slug = answer.json().get("slug") if answer.status_code in (403, 404) else None
                if slug is None or (rule in STRICT and answer.status_code == 403 and slug != "missing-role"):
                    wrong[f"{name} as {person}"] = f"{rule}: {answer.status_code} {answer.text[:120]}"
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("service", HOLDING)
async def test_those_who_may_find_it(service: str) -> None:
    """Without this a refusal proves nothing: what was asked for might not be there."""
    wrong = {}
    async with opened(service) as site:
        for name, rule in RULES[service].items():
            if rule in WELCOME:
                site.renew()
                answer = await site.send(name, ASKER.get(name, WELCOME[rule]))
                if answer.status_code in (401, 403, 404) and answer.json()["slug"] not in PARTS:
                    wrong[name] = f"{rule}: {answer.status_code} {answer.text[:120]}"
    assert not wrong, listed(wrong)


async def test_uses_ratings_and_corrections_are_there_for_those_who_may() -> None:
    wrong, asked = {}, 0
    async with opened("catalog") as site:
        for name, rule in RULES["catalog"].items():
            if rule in WELCOME and ABOUT_PUBLISHED.search(name):
                site.renew()
                answer = await site.send(name, WELCOME[rule])
                asked += 1
                if not answer.is_success and answer.json()["slug"] not in NOTHING_TO_DO:
                    wrong[name] = f"{rule}: {answer.status_code} {answer.text[:120]}"
    assert not wrong, listed(wrong)
    assert asked > 15


@pytest.mark.parametrize("service", UNPUBLISHED)
async def test_what_is_not_published_is_there_for_its_members_only(service: str) -> None:
    wrong, seen = {}, 0
    async with opened(service) as site:
        for name, rule in RULES[service].items():
            if rule != "public" or not NAMES_UNPUBLISHED.search(name):
                continue
            draft = {key: site.known[key] for key in ("solution_id", "id_or_slug") if key in site.known}
            for person in (None, *OUTSIDERS):
                answer = await site.send(name, person, **draft)
                if answer.status_code != 404:
                    wrong[f"{name} as {person}"] = f"{answer.status_code} {answer.text[:120]}"
            seen += (await site.send(name, READER, **draft)).status_code == 200
    assert not wrong, listed(wrong)
    assert seen, "its own members see nothing either"


def test_the_gateway_hands_nothing_internal_out() -> None:
    internal = {
        name.partition(" ")[2] for rules in RULES.values() for name, rule in rules.items() if rule == "internal"
    }
    inside = [line for line in CADDYFILE.read_text(encoding="utf-8").splitlines() if "@inside path" in line]
    assert inside
    for patterns in (line.split()[2:] for line in inside):
        for path in internal:
            assert any(path == each or (each.endswith("/*") and path.startswith(each[:-1])) for each in patterns), path


async def test_a_suspended_organisation_changes_nothing() -> None:
    wrong, refused = {}, 0
    async with opened("catalog") as site:
        for name, rule in RULES["catalog"].items():
            if rule not in ("editor", "admin") or name.startswith("GET "):
                continue
            site.renew()
            kept = site.app.state.container.ports.organisations.held
            kept[PROVIDER] = Loaded(replace(kept[PROVIDER].state, state=OrganisationState.SUSPENDED), 1)
            answer = await site.send(name, WELCOME[rule])
            if answer.status_code < 400:
                wrong[name] = f"{answer.status_code} {answer.text[:120]}"
            refused += answer.status_code == 409 and answer.json()["slug"] == "organisation-not-onboarded"
    assert not wrong, listed(wrong)
    assert refused > 10
