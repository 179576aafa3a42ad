"""Whether the documentation fits the tree: commands (D4), environment variables (D5), internal links (D10)."""

import json
import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from checkup.analysis import limits
from checkup.analysis.documents import Document, Fence, is_badge
from checkup.analysis.paths import Kind
from checkup.analysis.survey import Survey, shown
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable

SHELLS = frozenset(("", "sh", "bash", "shell", "console", "zsh", "shell-session", "terminal", "cmd", "powershell"))
RUNNERS = frozenset(("python", "python3", "node", "bash", "sh", "source", "php", "ruby", "cp", "cat"))
COMPOSE = re.compile(r"(^|/)(docker-)?compose[^/]*\.ya?ml$")
MAKE_TARGET = re.compile(r"^([A-Za-z0-9_./-]+)\s*:(?!=)", re.MULTILINE)
PLAIN = re.compile(r"^[A-Za-z0-9_./@:-]+$")
ENVIRONMENT = tuple(
    re.compile(expression)
    for expression in (
        r"""(?:os\.environ(?:\.get)?|os\.getenv|os\.environ\.setdefault)\s*[\[(]\s*["']([A-Z][A-Z0-9_]{2,60})["']""",
        r"""process\.env(?:\.([A-Z][A-Z0-9_]{2,60})|\[["']([A-Z][A-Z0-9_]{2,60})["']\])""",
        r"""import\.meta\.env\.([A-Z][A-Z0-9_]{2,60})""",
        r"""(?:System\.getenv|os\.Getenv|os\.LookupEnv|getenv|env::var|ENV\.fetch)\s*\(\s*["']([A-Z][A-Z0-9_]{2,60})["']""",
        r"""\bENV\[["']([A-Z][A-Z0-9_]{2,60})["']\]""",
        r"""\benv(?:\.[a-z]+)?\(\s*["']([A-Z][A-Z0-9_]{2,60})["']""",
    )
)
EVERYWHERE = frozenset(
    (
        "HOME",
        "PATH",
        "USER",
        "NODE_ENV",
        "LANG",
        "TZ",
        "TERM",
        "DEBUG",
        "CI",
        "PWD",
        "PORT",
        "HOSTNAME",
        "DJANGO_SETTINGS_MODULE",
    )
)
SETTINGS_FILE = re.compile(
    r"(^|/)(\.env[^/]*|[^/]*\.env|env\.[a-z]+|docker-compose[^/]*|compose[^/]*\.ya?ml|values[^/]*\.ya?ml|app\.json)$"
)


def commands(survey: Survey) -> list[Measurement]:
    """D4: share of the commands in READMEs and first-level documents whose target, script or file exists."""
    resolved: list[Evidence] = []
    broken: list[Evidence] = []
    targets, scripts = _make_targets(survey), _package_scripts(survey)
    for document in survey.first_level:
        for fence in document.fences:
            if fence.language in SHELLS:
                for line, command in _command_lines(fence):
                    answer = _resolves(survey, document, command, targets, scripts)
                    if answer is not None:
                        note = Evidence(f"{' '.join(command)[:100]}", document.path, line)
                        (resolved if answer else broken).append(note)
    checked = len(resolved) + len(broken)
    if not checked:
        return [measured("D4", [Evidence("Keine prüfbaren Befehle in der Dokumentation")], resolved_share=0, checked=0)]
    evidence = [Evidence(f"{len(resolved)} von {checked} Befehlen passen zum Repository")]
    evidence += [Evidence(f"Läuft ins Leere: {note.text}", note.path, note.line) for note in broken]
    return [measured("D4", shown(evidence), resolved_share=len(resolved) / checked, checked=checked)]


def _command_lines(fence: Fence) -> Iterator[tuple[int, list[str]]]:
    for offset, raw in enumerate(fence.content[:20_000].split("\n")):
        line = raw.strip().removeprefix("$ ").removeprefix("> ").removeprefix("# ")
        for part in re.split(r"&&|\|\||;|\|", line):
            command = part.split()
            while command and (command[0] == "sudo" or re.match(r"^[A-Z_]+=", command[0])):
                command = command[1:]
            if 2 <= len(command) <= 20 or (len(command) == 1 and command[0].startswith("./")):
                yield fence.line + 1 + offset, command


def _resolves(
    survey: Survey, document: Document, command: list[str], targets: set[str], scripts: set[str]
) -> bool | None:
    """True or False when the command names something of this repository; None when it cannot be judged."""
    program, rest = command[0], [word for word in command[1:] if not word.startswith("-")]
    first = rest[0] if rest else ""
    if program == "make" and "-C" not in command and PLAIN.match(first):
        return first in targets if "=" not in first else None
    if program in ("npm", "yarn", "pnpm", "bun") and first:
        return _script_exists(program, rest, scripts)
    if program in ("docker-compose", "docker", "podman"):
        return _compose_exists(survey, document, command)
    if program.startswith("./"):
        return _file_exists(survey, document, program)
    if program in RUNNERS and "-m" not in command and "." in first and PLAIN.match(first):
        return _file_exists(survey, document, first)
    return None


def _compose_exists(survey: Survey, document: Document, command: list[str]) -> bool | None:
    if "-f" in command[:-1]:
        return _file_exists(survey, document, command[command.index("-f") + 1])
    if "compose" in " ".join(command[:2]) and "up" in command:
        return bool(survey.matching(COMPOSE))
    return None


def _script_exists(program: str, words: list[str], scripts: set[str]) -> bool | None:
    """`run NAME` must exist; a bare name may also be a command of the tool or an installed program."""
    if words[0] == "run" and len(words) > 1:
        return words[1] in scripts if PLAIN.match(words[1]) else None
    if program == "yarn" and words[0] == "workspace" and len(words) > 2:
        return words[2] in scripts or None
    if words[0] in ("test", "start"):
        return words[0] in scripts
    return True if program != "npm" and words[0] in scripts else None


def _file_exists(survey: Survey, document: Document, path: str) -> bool | None:
    if path.startswith(("/", "~", "http")) or any(mark in path for mark in "<>$*{}") or ":" in path:
        return None
    folder = posixpath.dirname(document.path)
    clean = path.removeprefix("./").split("=")[0]
    if survey.exists(clean) or survey.exists(posixpath.join(folder, clean)):
        return True
    return any(file.path.endswith("/" + clean) for file in survey.files)


def _make_targets(survey: Survey) -> set[str]:
    found: set[str] = set()
    for file in survey.matching(re.compile(r"(^|/)(GNU)?[Mm]akefile$|\.mk$")):
        found.update(MAKE_TARGET.findall(survey.text(file)[:200_000]))
    return found


def _package_scripts(survey: Survey) -> set[str]:
    found: set[str] = set()
    for file in survey.matching(re.compile(r"(^|/)package\.json$")):
        try:
            scripts = json.loads(survey.text(file)[: limits.MAX_DOCUMENT_BYTES]).get("scripts", {})
            found.update(str(name) for name in scripts)
        except (ValueError, AttributeError, TypeError, RecursionError):
            continue
    return found


def configuration(survey: Survey) -> list[Measurement]:
    """D5: share of the environment variables read by production code that documents or sample files name."""
    used: dict[str, Evidence] = {}
    for file in survey.code(Kind.PRODUCTION):
        if file.size <= limits.MAX_UNIT_BYTES:
            text = survey.text(file)
            for expression in ENVIRONMENT:
                for match in expression.finditer(text):
                    name = next(group for group in match.groups() if group)
                    line = text.count("\n", 0, match.start()) + 1
                    used.setdefault(name, Evidence(f"Nicht beschrieben: {name}", file.path, line))
    names = sorted(set(used) - EVERYWHERE)
    if not names:
        return [not_applicable("D5", "Der Code liest keine Umgebungsvariablen.")]
    described = set(re.findall(r"[A-Z][A-Z0-9_]{2,60}", "\n".join(document.text for document in survey.documents)))
    for file in survey.matching(SETTINGS_FILE):
        described |= set(re.findall(r"[A-Z][A-Z0-9_]{2,60}", survey.text(file)))
    missing = [used[name] for name in names if name not in described]
    evidence = [Evidence(f"{len(names) - len(missing)} von {len(names)} Umgebungsvariablen beschrieben"), *missing]
    return [measured("D5", shown(evidence), documented_share=1 - len(missing) / len(names), variables=len(names))]


def links(survey: Survey) -> list[Measurement]:
    """D10: percentage of internal links and pictures in documents that lead nowhere."""
    checked = 0
    broken: list[Evidence] = []
    for document in survey.documents:
        for reference in (*document.links, *(p for p in document.pictures if not is_badge(p))):
            target = unquote(re.split(r"[#?]", reference.target, maxsplit=1)[0]).strip()
            if not target or re.match(r"^([a-z][a-z0-9+.-]*:|//|\{|<|@)", target, re.IGNORECASE):
                continue
            checked += 1
            if not _internal(survey, document, target):
                broken.append(Evidence(f"Läuft ins Leere: {target[:120]}", document.path, reference.line))
    if not checked:
        return [not_applicable("D10", "Keine internen Verweise in der Dokumentation.")]
    evidence = [Evidence(f"{checked - len(broken)} von {checked} internen Verweisen führen zum Ziel"), *broken]
    return [measured("D10", shown(evidence), broken_percent=100 * len(broken) / checked, links=checked)]


def _internal(survey: Survey, document: Document, target: str) -> bool:
    """Files, folders, pages that a site generator names without ending, and roots of sites below docs/."""
    folder = posixpath.dirname(document.path)
    bare = target.lstrip("/")
    starts = [posixpath.join(folder, target)] if not target.startswith("/") else []
    starts += [bare, posixpath.join("docs", bare), posixpath.join(folder, "..", target) if folder else bare]
    starts += [
        posixpath.join(root, bare) for root in ("public", "static", "docs/public", "docs/static") if target[0] == "/"
    ]
    for start in starts:
        clean = posixpath.normpath(start).removesuffix(".html").rstrip("/")
        if any(
            survey.exists(clean + ending) for ending in ("", ".html", ".md", ".rst", ".mdx", "/index.md", "/README.md")
        ):
            return True
    return False
