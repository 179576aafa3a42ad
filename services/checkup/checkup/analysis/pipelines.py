"""Probes of what builds and runs the code: users of containers, triggers and permissions of workflows."""

import re
from collections.abc import Mapping
from typing import Any

from checkup.analysis.paths import Kind
from checkup.analysis.repository import File
from checkup.analysis.survey import Survey, shown
from checkup.domain.measurement import Evidence, Presence, Probe

CONTAINER_FILE = re.compile(r"(^|/)(Dockerfile[^/]*|[^/]+\.Dockerfile|Containerfile)$")
WORKFLOW = re.compile(r"^\.(github|forgejo|gitea)/workflows/[^/]+\.ya?ml$")
INSTRUCTION = re.compile(r"^\s*(FROM|USER)\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
WITHOUT_ROOT = re.compile(r"nonroot|unprivileged|rootless")
PRIVILEGED_TRIGGERS = ("pull_request_target", "workflow_run")
FOREIGN_CHECKOUT = re.compile(r"github\.event\.(pull_request|workflow_run)\.head|github\.head_ref|refs/pull/")
FOREIGN_TEXT = re.compile(
    r"\$\{\{[^}\n]{0,200}(github\.head_ref|github\.event\.(issue\.(title|body)|pull_request\.(title|body|head\.(ref|label))|"
    r"(comment|review|review_comment|discussion)\.(title|body)|head_commit\.(message|author)|commits\b|pages\b))"
)
WRITES_ALL = "write-all"


def container_not_root(survey: Survey) -> Probe:
    """Whether the last stage of every container file runs as another user than root."""
    files = [file for file in survey.matching(CONTAINER_FILE) if survey.kinds[file.path] is not Kind.TEST]
    if not files:
        return Probe(Presence.NOT_AVAILABLE, reason="Kein Dockerfile im Repository.")
    users = {file.path: _user(survey.text(file)) for file in files}
    roots = [Evidence("Läuft als root", path, line) for path, (user, line) in users.items() if _is_root(user)]
    if roots:
        return Probe(Presence.ABSENT, shown(roots))
    found = [Evidence(f"Läuft als {user[:40]}", path, line) for path, (user, line) in users.items()]
    return Probe(Presence.FOUND, shown(found))


def _user(text: str) -> tuple[str, int]:
    """The user of the last stage with its line; a stage that is built on another one begins with that one's user."""
    stages: dict[str, tuple[str, int]] = {}
    current, name = ("root", 1), ""
    for number, line in enumerate(text[:200_000].split("\n"), start=1):
        if not (match := INSTRUCTION.match(line)):
            continue
        if match.group(1).upper() == "FROM":
            base = match.group(2).lower()
            free = "nonroot" if WITHOUT_ROOT.search(base) else "root"
            current, name = stages.get(base, (free, number)), (match.group(3) or "").lower()
        else:
            current = (match.group(2), number)
        stages[name] = current
    return current


def _is_root(user: str) -> bool:
    return user.split(":", maxsplit=1)[0].strip("\"'").lower() in ("root", "0", "")


def dangerous_workflow(survey: Survey) -> Probe:
    """Workflows that run foreign code with secrets, or that paste foreign text into a script."""
    workflows = survey.matching(WORKFLOW)
    if not workflows:
        return Probe(Presence.NOT_AVAILABLE, reason="Keine Workflows im Repository, deren Auslöser sich prüfen ließen.")
    found = [evidence for file in workflows for evidence in _dangers(survey, file)]
    if found:
        return Probe(Presence.FOUND, shown(found))
    return Probe(Presence.ABSENT, (Evidence(f"{len(workflows)} Workflows ohne gefährliche Auslöser"),))


def _dangers(survey: Survey, file: File) -> list[Evidence]:
    text = survey.text(file)[:200_000]
    privileged = any(name in _triggers(survey.yaml(file)) for name in PRIVILEGED_TRIGGERS)
    found: list[Evidence] = []
    script_indent: int | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" -"))
        if script_indent is not None and indent <= script_indent:
            script_indent = None
        if re.match(r"[\s-]*run\s*:", line):
            script_indent = indent
        if script_indent is not None and FOREIGN_TEXT.search(line[:2_000]):
            found.append(Evidence("Fremder Text wird Teil eines Skripts", file.path, number))
        elif privileged and re.match(r"\s*ref\s*:", line) and FOREIGN_CHECKOUT.search(line[:2_000]):
            found.append(Evidence("Fremder Code läuft mit Geheimnissen", file.path, number))
    return found


def _triggers(workflow: Any) -> list[str]:
    if not isinstance(workflow, Mapping):
        return []
    trigger = workflow.get("on", workflow.get(True))
    return [trigger] if isinstance(trigger, str) else list(trigger) if isinstance(trigger, list | Mapping) else []


def token_permissions(survey: Survey) -> Probe:
    """Whether every workflow restricts what its token may do, as a whole or in each job."""
    workflows = [file for file in survey.matching(WORKFLOW) if isinstance(survey.yaml(file), Mapping)]
    if not workflows:
        return Probe(Presence.NOT_AVAILABLE, reason="Keine Workflows im Repository, deren Rechte sich prüfen ließen.")
    wide = [file for file in workflows if not _restricted(survey.yaml(file))]
    if wide:
        return Probe(Presence.ABSENT, shown(Evidence("Rechte nicht beschränkt", file.path) for file in wide))
    return Probe(Presence.FOUND, (Evidence(f"{len(workflows)} Workflows mit beschränkten Rechten"),))


def _restricted(workflow: Mapping[Any, Any]) -> bool:
    if "permissions" in workflow:
        return bool(workflow["permissions"] != WRITES_ALL)
    jobs = workflow.get("jobs")
    if not isinstance(jobs, Mapping) or not jobs:
        return False
    return all(isinstance(job, Mapping) and job.get("permissions", WRITES_ALL) != WRITES_ALL for job in jobs.values())
