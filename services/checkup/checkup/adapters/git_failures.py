"""What git says when a clone fails, as a reason for the provider and whether trying again may help."""

import re

from checkup.adapters.confined import Outcome
from checkup.domain.failure import CheckupFailure, FailureKind

HTTP_STATUS = re.compile(r"returned error: (\d{3})")
RULES: tuple[tuple[str, FailureKind, str, bool], ...] = (
    (r"could not read Username|Authentication failed|terminal prompts disabled|returned error: 40[137]",
     "private", "Der Server verlangt eine Anmeldung: nicht öffentlich, oder die Adresse stimmt nicht.", False),
    (r"repository .* not found|not found|returned error: 4(04|10)",
     "not_found", "Unter dieser Adresse gibt es kein Git-Repository.", False),
    (r"not a git repository|not valid: is this a git repository|does not appear to be a git repo|"
    r"unexpected .*content-type",
     "not_found", "Unter dieser Adresse antwortet kein Git-Repository.", False),
    (r"returned error: 30[0-9]|unable to update url base from redirection|redirect",
     "moved", "Die Adresse leitet auf eine andere weiter. Bitte die endgültige Adresse eintragen.", False),
    (r"transport '[a-z]+' not allowed|protocol .* not (supported|allowed|enabled)",
     "forbidden_address", "Die Adresse verlangt ein Protokoll, das nicht erlaubt ist.", False),
    (r"No space left|Disk quota exceeded",
     "unreachable", "Auf dem Prüfrechner ist gerade kein Platz für das Repository.", True),
    (r"fsck error|bad object|corrupt|inflate|index-pack failed|invalid index-pack|missing (blob|tree|commit)",
     "damaged", "Das Repository ist beschädigt: Git kann seine Objekte nicht lesen.", False),
    (r"Could not resolve host|Connection (refused|reset|timed out)|Failed to connect|Operation timed out|"
    r"Operation too slow|"
     r"returned error: (429|5\d\d)|early EOF|hung up|SSL|TLS|certificate|gnutls|RPC failed|Empty reply|transfer closed",
     "unreachable", "Der Server des Repositorys antwortet gerade nicht (oder nicht sicher).", True),
)  # fmt: skip


def failure_of(outcome: Outcome, *, seconds: float, disk_bytes: int) -> CheckupFailure:
    """The failure that a clone's outcome means."""
    detail = _detail(outcome)
    megabytes = disk_bytes // 1_000_000
    if outcome.stopped_by == "disk" or outcome.code == -25 or "File too large" in outcome.errors:  # SIGXFSZ, EFBIG
        return CheckupFailure("too_large", f"Das Repository ist größer als {megabytes} MB.", detail)
    if outcome.stopped_by == "time" or outcome.code == -24:  # SIGXCPU
        reason = f"Das Repository konnte in {seconds:.0f} Sekunden nicht geladen werden."
        return CheckupFailure("timeout", reason, detail, transient=True)
    for pattern, kind, reason, transient in RULES:
        if re.search(pattern, outcome.errors, re.IGNORECASE):
            return CheckupFailure(kind, reason, detail, transient=transient)
    return CheckupFailure("unreachable", "Das Repository konnte nicht geladen werden.", detail, transient=True)


def _detail(outcome: Outcome) -> str:
    """One line for the log and operators: git's last complaint without control characters and addresses in full."""
    if outcome.stopped_by:
        return f"clone stopped: {outcome.stopped_by} limit"
    lines = [line for line in outcome.errors.splitlines() if line.startswith(("fatal:", "error:"))]
    text = re.sub(r"https?://\S+", "<address>", lines[-1] if lines else outcome.errors[-200:])
    return "".join(c for c in text if c.isprintable())[:300] or f"git ended with code {outcome.code}"
