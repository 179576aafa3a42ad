"""Every route has a stated rule, and the rule is tried: by nobody, and by somebody who belongs nowhere."""

from pathlib import Path

import pytest

from .apps import APPS, STRANGER, opened
from .rules import OPEN, OWN, RULES, STRICT

CADDYFILE = Path(__file__).resolve().parents[3] / "deploy" / "gateway" / "Caddyfile"


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
    assert wrong == {}


@pytest.mark.parametrize("service", APPS)
async def test_what_is_public_asks_nobody_to_log_in(service: str) -> None:
    async with opened(service) as site:
        asking = [name for name, rule in RULES[service].items() if rule in OPEN and site.needs_login[name]]
    assert asking == []


@pytest.mark.parametrize("service", APPS)
async def test_somebody_who_belongs_nowhere_gets_nothing_of_others(service: str) -> None:
    wrong = {}
    async with opened(service) as site:
        for name, rule in RULES[service].items():
            if rule in OPEN | OWN:
                continue
            answer = await site.send(name, STRANGER)
            slug = answer.json().get("slug") if answer.status_code in (403, 404) else None
            if slug is None or (rule in STRICT and answer.status_code == 403 and slug != "missing-role"):
                wrong[name] = f"{rule}: {answer.status_code} {answer.text[:120]}"
    assert wrong == {}


def test_the_gateway_hands_nothing_internal_out() -> None:
    internal = {
        name.partition(" ")[2] for rules in RULES.values() for name, rule in rules.items() if rule == "internal"
    }
    inside = [line for line in CADDYFILE.read_text(encoding="utf-8").splitlines() if "@inside path" in line]
    assert inside
    for patterns in (line.split()[2:] for line in inside):
        for path in internal:
            assert any(path == each or (each.endswith("/*") and path.startswith(each[:-1])) for each in patterns), path
