"""What was seen at a solution's demo address, and what follows from it for the metrics and probes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from urllib.parse import urlsplit

from checkup.domain.measurement import (
    Evidence,
    Measurement,
    Observations,
    Origin,
    Presence,
    Probe,
    Status,
    measured,
)

WEIGHTS = {"critical": 10, "serious": 7, "moderate": 3, "minor": 1}
"""What a rule of axe-core weighs by its impact, as in Lighthouse."""
IMPACTS = {"critical": "kritisch", "serious": "schwerwiegend", "moderate": "mäßig", "minor": "gering"}
MOST_EVIDENCE = 12
MACHINE_PART = "Automatisch prüfbarer Anteil: Viele Barrieren findet nur ein Mensch."

LINKS: Mapping[str, tuple[str, ...]] = {
    "demo_accessibility_statement": ("barrierefrei", "accessibility"),
    "demo_privacy_page": ("datenschutz", "privacy"),
    "demo_imprint": ("impressum", "imprint", "legal-notice"),
}
"""Probes that a link answers, with the words that its text or address holds."""
HEADERS = ("content-security-policy", "x-content-type-options", "strict-transport-security")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of axe-core that applied to a page: kept, or broken at `count` places of which some are named."""

    id: str
    impact: str
    help: str
    passed: bool
    count: int = 0
    selectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was tested; `path` without host and query, `undecided` rules need a human's eye and do not count."""

    path: str
    rules: tuple[Rule, ...]
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text and the whole address it leads to."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the address said to a plain request: `up` is a page for visitors, otherwise `reason` is a German sentence.

    `headers` (lower case names) and `links` are those of the page it led to.
    """

    up: bool
    reason: str | None = None
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """What a browser found: pages, what went wrong on others (`faults`), and why there is nothing (`reason`).

    `hosts` are the ones that the pages contacted, without the demo's own.
    """

    pages: tuple[Page, ...] = ()
    faults: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    hosts: tuple[str, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


def passed_share(rules: Iterable[Rule]) -> float | None:
    """The part 0..1 of the rules' weight that a page keeps; None when no rule applied."""
    weights = [(WEIGHTS.get(rule.impact, 1), rule.passed) for rule in rules]
    total = sum(weight for weight, _ in weights)
    return sum(weight for weight, passed in weights if passed) / total if total else None


def without_demo() -> Observations:
    """The listing names no demo address."""
    reason = "Keine Demo-Adresse angegeben."
    return Observations(
        measurements=(
            Measurement("U1", Status.NOT_AVAILABLE, reason=reason, origin=Origin.DEMO),
            measured("U3", [Evidence("Keine Demo-Adresse angegeben")], demo_up=0),
        ),
        probes={probe: Probe(Presence.NOT_AVAILABLE, reason=reason, origin=Origin.DEMO) for probe in _probe_ids()},
    )


def failed() -> Observations:
    """Looking failed for a reason of our own: nothing is said about the demo."""
    reason = "Die Prüfung der Demo ist gescheitert; das Marktplatz-Team sieht sich das an."
    return Observations(
        measurements=(Measurement("U1", Status.ERROR, reason=reason, origin=Origin.DEMO),),
        probes={probe: Probe(Presence.NOT_AVAILABLE, reason=reason, origin=Origin.DEMO) for probe in _probe_ids()},
    )


def observations(answer: Answer, audit: Audit, *, at: datetime) -> Observations:
    """Metrics U1 and U3, and the probes, of a demo that was looked at `at`."""
    return Observations(
        measurements=(_accessibility(answer, audit, at), _reachable(answer, at)),
        probes=_probes(answer, audit, at),
        tools=audit.tools,
    )


def _reachable(answer: Answer, at: datetime) -> Measurement:
    said = f"Demo {'erreichbar' if answer.up else 'nicht erreichbar'}"
    evidence = Evidence(f"{said}: {answer.reason}" if answer.reason else said)
    return _demo(measured("U3", [evidence], demo_up=answer.up), at)


def _accessibility(answer: Answer, audit: Audit, at: datetime) -> Measurement:
    shares = {page.path: share for page in audit.pages if (share := passed_share(page.rules)) is not None}
    if not answer.up or not shares:
        reason = answer.reason if not answer.up else audit.reason or " ".join(audit.faults[:1])
        return _demo(Measurement("U1", Status.NOT_AVAILABLE, reason=reason or "Keine Seite war prüfbar."), at)
    share = median(shares.values())
    undecided = sum(page.undecided for page in audit.pages)
    evidence = [
        Evidence(f"{len(shares)} Seiten geprüft, im Median {_percent(share)} erfüllt. {MACHINE_PART}"),
        Evidence("; ".join(f"{path} {_percent(value)}" for path, value in shares.items())),
        *(Evidence(text) for text in _shown(list(_barriers(audit.pages)))),
        *([Evidence(f"{undecided} Regeln brauchen ein menschliches Urteil und zählen nicht")] if undecided else []),
        *(Evidence(fault) for fault in audit.faults),
    ]
    return _demo(measured("U1", evidence, passed_share=share, pages=len(shares)), at)


def _barriers(pages: Sequence[Page]) -> Iterator[str]:
    """The broken rules as sentences, the gravest first, the same order on every machine."""
    broken = [(page, rule) for page in pages for rule in page.rules if not rule.passed]
    for page, rule in sorted(broken, key=lambda b: (-WEIGHTS.get(b[1].impact, 1), b[1].id, b[0].path)):
        where = f", etwa {rule.selectors[0]}" if rule.selectors else ""
        impact = IMPACTS.get(rule.impact, rule.impact)
        yield f"{rule.help} ({rule.id}, {impact}; {rule.count}× auf {page.path}{where})"


def _shown(texts: list[str]) -> list[str]:
    rest = len(texts) - MOST_EVIDENCE
    return [*texts[:MOST_EVIDENCE], *([f"… und {rest} weitere"] if rest > 0 else [])]


def _probes(answer: Answer, audit: Audit, at: datetime) -> dict[str, Probe]:
    if not answer.up:
        away = Probe(Presence.NOT_AVAILABLE, reason=answer.reason, origin=Origin.DEMO, observed_at=at)
        return dict.fromkeys(_probe_ids(), away)
    links = (*answer.links, *audit.links)
    return {
        **{probe: _linked(links, words, at) for probe, words in LINKS.items()},
        "demo_security_headers": _protected(answer, at),
        "demo_third_party_hosts": _third_parties(audit, at),
    }


def _probe_ids() -> tuple[str, ...]:
    return (*LINKS, "demo_security_headers", "demo_third_party_hosts")


def _linked(links: Iterable[Link], words: tuple[str, ...], at: datetime) -> Probe:
    for link in links:
        path = urlsplit(link.href).path
        if any(word in f"{link.text} {path}".lower() for word in words):
            return _probe(Presence.FOUND, [f"Verweis „{link.text or path}“ auf {path or '/'}"], at)
    return _probe(Presence.ABSENT, ["Kein Verweis auf den Seiten der Demo gefunden"], at)


def _protected(answer: Answer, at: datetime) -> Probe:
    wanted = [name for name in HEADERS if answer.url.startswith("https:") or name != "strict-transport-security"]
    absent = [name for name in wanted if name not in answer.headers]
    texts = [f"{name}: {'fehlt' if name in absent else 'gesetzt'}" for name in wanted]
    return _probe(Presence.ABSENT if absent else Presence.FOUND, texts, at)


def _third_parties(audit: Audit, at: datetime) -> Probe:
    if not audit.pages:
        reason = audit.reason or "Keine Seite der Demo ließ sich im Browser öffnen."
        return Probe(Presence.NOT_AVAILABLE, reason=reason, origin=Origin.DEMO, observed_at=at)
    if not audit.hosts:
        return _probe(Presence.ABSENT, ["Die Seiten luden nichts von anderen Rechnern"], at)
    return _probe(Presence.FOUND, _shown([f"Inhalte von {host}" for host in audit.hosts]), at)


def _probe(status: Presence, texts: Iterable[str], at: datetime) -> Probe:
    return Probe(status, tuple(Evidence(text) for text in texts), origin=Origin.DEMO, observed_at=at)


def _demo(measurement: Measurement, at: datetime) -> Measurement:
    return Measurement(
        measurement.id,
        measurement.status,
        measurement.raw,
        measurement.evidence,
        measurement.reason,
        Origin.DEMO,
        at,
    )


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")
