"""Credentials left in the code: few patterns, each precise, and what is found is only ever shown redacted."""

import math
import re
from collections import Counter
from dataclasses import dataclass

from checkup.analysis import limits, paths
from checkup.analysis.paths import Kind
from checkup.analysis.survey import Survey, shown
from checkup.analysis.units import is_minified
from checkup.domain.measurement import Evidence, Measurement, measured


@dataclass(frozen=True, slots=True)
class Pattern:
    """What it is called, what every hit contains (cheap to look for), and the expression; group 1 is the secret."""

    name: str
    hint: str
    expression: re.Pattern[str]


PATTERNS = tuple(
    Pattern(name, hint, re.compile(expression))
    for name, hint, expression in (
        ("AWS-Zugangsschlüssel", "A", r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b"),
        ("GitHub-Token", "gh", r"\b(gh[pousr]_[A-Za-z0-9]{36})\b"),
        ("GitHub-Token", "github_pat_", r"\b(github_pat_[A-Za-z0-9_]{82})\b"),
        ("GitLab-Token", "glpat-", r"\b(glpat-[A-Za-z0-9_-]{20,})"),
        ("Slack-Token", "xox", r"\b(xox[baprs]-[0-9]{8,}-[A-Za-z0-9-]{20,})"),
        ("Slack-Webhook", "hooks.slack", r"hooks\.slack\.com/services/(T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,})"),
        ("Stripe-Schlüssel", "_live_", r"\b([rs]k_live_[A-Za-z0-9]{20,})"),
        ("npm-Token", "npm_", r"\b(npm_[A-Za-z0-9]{36})\b"),
        ("PyPI-Token", "pypi-", r"\b(pypi-AgE[A-Za-z0-9_-]{50,})"),
        ("SendGrid-Schlüssel", "SG.", r"\b(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})"),
        ("GitLab-Token", "gl", r"\b(gl(?:rt|dt|cbt|ptt|ft|imt|agent|soat)-[A-Za-z0-9_-]{20,})"),
        ("Google-API-Schlüssel", "AIza", r"\b(AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])"),
        ("OpenAI-Schlüssel", "T3BlbkFJ", r"\b(sk-[A-Za-z0-9_-]{16,100}T3BlbkFJ[A-Za-z0-9_-]{16,100})"),
        ("Anthropic-Schlüssel", "sk-ant-", r"\b(sk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{80,})"),
        ("Hugging-Face-Token", "hf_", r"\b(hf_[A-Za-z]{34})\b"),
        ("DigitalOcean-Token", "_v1_", r"\b(do[opr]_v1_[a-f0-9]{64})\b"),
        ("Vault-Token", "hv", r"\b(hv[sb]\.[A-Za-z0-9_-]{90,})"),
        ("Docker-Token", "dckr_", r"\b(dckr_[a-z]+_[A-Za-z0-9_-]{27,})"),
        ("Shopify-Token", "shp", r"\b(shp(?:at|ca|pa|ss)_[a-f0-9]{32})\b"),
        ("New-Relic-Schlüssel", "NRAK-", r"\b(NRAK-[A-Z0-9]{27})\b"),
        ("Telegram-Token", ":A", r"\b([0-9]{8,10}:A[A-Za-z0-9_-]{34})(?![A-Za-z0-9_-])"),
        ("Mailgun-Schlüssel", "key-", r"\b(key-[a-f0-9]{32})\b"),
        ("Twilio-Schlüssel", "SK", r"\b(SK[a-f0-9]{32})\b"),
        ("age-Schlüssel", "AGE-SECRET-KEY-1", r"\bAGE-SECRET-KEY-(1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})\b"),
        ("Azure-Speicherschlüssel", "AccountKey", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
        ("Zugangsdaten in einer Adresse", "://",
         r"\b[a-z][a-z0-9+.-]{2,20}://[^\s:/@'\"<>{}$]{2,60}:([^\s:/@'\"<>{}$%]{8,80})@[a-z0-9.-]+\.[a-z]{2,}"),
    )
)  # fmt: skip
ASSIGNED = Pattern(
    "Zugangsdaten in einer Zuweisung",
    "",
    re.compile(
        r"(?i:passwor[dt]|passwd|secret|api_?key|access_?key|auth_?token|private_?key)[\"']?\]?\s{0,5}(?::=|=>|[:=])\s{0,5}"
        r"[\"'](?=[^\"']{0,99}[0-9])(?=[^\"']{0,99}[a-z])(?=[^\"']{0,99}[A-Z])([A-Za-z0-9+/_=-]{16,100})[\"']"
    ),
)
SECRET_ENTROPY = 3.5  # bits per character of what was drawn by a machine; words and names have less
ASSIGNMENT_HINTS = ("passwor", "passwd", "secret", "key", "token")
PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+([A-Za-z0-9+/=\s\\n]{200,})")
PLACEHOLDER = re.compile(
    r"example|beispiel|changeme|change_me|placeholder|dummy|sample|secret|password|passwort|xxxx|0000|1234|your[-_]|"
    r"test|"
    r"fake|redacted|insert|todo",
    re.IGNORECASE,
)


def measure(survey: Survey) -> list[Measurement]:
    """Q9: presumable credentials outside tests, documentation, examples and generated files."""
    found: dict[str, Evidence] = {}
    for file in survey.of_kind(Kind.PRODUCTION, Kind.OTHER):
        if file.size > limits.MAX_UNIT_BYTES or paths.is_example(file.path):
            continue
        text = survey.text(file)
        if is_minified(text):
            continue
        for secret, evidence in credentials_in(file.path, text):
            found.setdefault(secret, evidence)
    nothing = [Evidence("Keine Zugangsdaten gefunden (bekannte Muster, aktueller Stand)")]
    return [measured("Q9", shown(list(found.values()) or nothing), secrets=len(found))]


def credentials_in(path: str, text: str) -> list[tuple[str, Evidence]]:
    """(secret, redacted evidence) pairs; the secret is only for telling repeats apart and never leaves the process."""
    found: list[tuple[str, Evidence]] = []
    patterns = [pattern for pattern in PATTERNS if pattern.hint in text]
    for number, line in enumerate(text.split("\n"), start=1):
        looked_at = line[: limits.MAX_LINE]
        known = [hit for pattern in patterns if pattern.hint in line for hit in _hits(pattern, path, number, looked_at)]
        lower = looked_at.lower()
        if not known and any(hint in lower for hint in ASSIGNMENT_HINTS):
            known = [hit for hit in _hits(ASSIGNED, path, number, looked_at) if entropy(hit[0]) > SECRET_ENTROPY]
        found.extend(known)
    if "PRIVATE KEY" in text:
        for match in PRIVATE_KEY.finditer(text):
            line_number = text.count("\n", 0, match.start()) + 1
            found.append((match.group(1)[:200], Evidence("Privater Schlüssel", path, line_number)))
    return found


def _hits(pattern: Pattern, path: str, number: int, line: str) -> list[tuple[str, Evidence]]:
    return [
        (match.group(1), Evidence(f"{pattern.name}: {match.group(1)[:4]}… (geschwärzt)", path, number))
        for match in pattern.expression.finditer(line)
        if not PLACEHOLDER.search(match.group(1)) and entropy(match.group(1)) > 2.5
    ]


def entropy(text: str) -> float:
    """Shannon entropy in bits per character: what a person typed as a placeholder has little."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
