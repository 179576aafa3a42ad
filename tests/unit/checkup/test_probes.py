"""Facts beside the dimensions, found in small trees."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from checkup.adapters.rubric_files import load
from checkup.analysis import history
from checkup.analysis.analyse import analyse
from checkup.analysis.probes import PROBES
from checkup.analysis.repository import Repository
from checkup.analysis.survey import Survey
from checkup.domain.measurement import Presence, Probe
from checkup.testing.repositories import RepositoryMaker, git

WORDS = "Hier steht in eigenen Worten, wie das geht und an wen sich wenden kann, wer was fragen oder melden will. "
MIT = "Permission is hereby granted, free of charge, to any person, without restriction"
FLOW = """on: {on}
jobs:
  a:
    steps:
      - uses: actions/checkout@v4
        with:
          ref: {ref}
      - run: |
          echo {run}
"""
HEAD = "${{ github.event.pull_request.head.sha }}"
TITLE = "'${{ github.event.issue.title }}'"


def flow(text: str) -> dict[str, str]:
    return {".github/workflows/a.yml": text}


@pytest.fixture
def probe(survey: Callable[..., Survey]) -> Callable[[str, dict[str, str]], Probe]:
    return lambda name, files: PROBES[name](survey(files))


CASES = [
    ("security_policy", {"SECURITY.md": WORDS}, "found"),
    ("security_policy", {"SECURITY.md": "# Security\n"}, "absent"),
    ("security_policy", {"docs/security.md": WORDS.replace("melden", "fragen")}, "absent"),
    ("security_policy", {"README.md": f"# A\n\n## Reporting a vulnerability\n\n{WORDS}"}, "found"),
    ("security_policy", {"public/.well-known/security.txt": "Contact: mailto:a@example.org"}, "found"),
    ("security_policy", {}, "absent"),
    ("sbom", {"sbom.cdx.json": "{}"}, "found"),
    ("sbom", {"release/bom.xml": "<bom/>"}, "found"),
    ("sbom", {".gitlab-ci.yml": "sbom:\n  script: syft dir:. -o cyclonedx-json\n"}, "found"),
    ("sbom", {"bombastic.json": "{}", "src/carbom.py": ""}, "absent"),
    ("container_not_root", {"Dockerfile": "FROM python:3.12\nUSER 10001\n"}, "found"),
    ("container_not_root", {"Dockerfile": "FROM python:3.12\nUSER app\nUSER root\n"}, "absent"),
    (
        "container_not_root",
        {"Dockerfile": "FROM node AS build\nUSER node\nFROM nginx\nCOPY a b\n"},
        "absent",
    ),
    ("container_not_root", {"Dockerfile": "FROM python AS base\nUSER app\nFROM base\nRUN true\n"}, "found"),
    ("container_not_root", {"Dockerfile": "FROM gcr.io/distroless/static:nonroot\n"}, "found"),
    ("container_not_root", {"Dockerfile": "FROM a\nUSER 1\n", "api/Dockerfile": "FROM b\n"}, "absent"),
    ("container_not_root", {"README.md": ""}, "not_available"),
    (
        "dangerous_workflow",
        flow(FLOW.format(on="pull_request_target", ref=HEAD, run="x")),
        "found",
    ),
    ("dangerous_workflow", flow(FLOW.format(on="pull_request", ref=HEAD, run="x")), "absent"),
    ("dangerous_workflow", flow(FLOW.format(on="issues", ref="main", run=TITLE)), "found"),
    (
        "dangerous_workflow",
        flow(FLOW.format(on="push", ref="main", run="${{ github.sha }}")),
        "absent",
    ),
    ("dangerous_workflow", {".gitlab-ci.yml": "a: {script: x}"}, "not_available"),
    ("token_permissions", flow("permissions: {}\non: push\njobs: {}\n"), "found"),
    (
        "token_permissions",
        flow("on: push\njobs:\n  a:\n    permissions:\n      contents: read\n"),
        "found",
    ),
    ("token_permissions", flow("on: push\njobs:\n  a:\n    steps: []\n"), "absent"),
    ("token_permissions", flow("permissions: write-all\non: push\n"), "absent"),
    ("accessibility_statement", {"docs/barrierefreiheit.md": WORDS * 5}, "found"),
    ("accessibility_statement", {"README.md": "# A\n"}, "absent"),
    ("privacy_notice", {"templates/datenschutz.html": f"<p>{WORDS}</p>"}, "found"),
    ("privacy_notice", {"docs/betrieb.md": f"# Betrieb\n\n## Datenschutz\n\n{WORDS}"}, "found"),
    ("privacy_notice", {"docs/betrieb.md": "# Betrieb\n\n## Datenschutz\n\nFolgt.\n"}, "absent"),
    (
        "third_party_hosts",
        {"templates/a.html": "<script src='/own.js'></script><a href='https://example.org'>"},
        "absent",
    ),
    ("third_party_hosts", {"src/a.css": "@import url('https://fonts.example.com/css');"}, "found"),
    ("third_party_hosts", {"src/a.py": ""}, "not_available"),
    ("backup_documentation", {"docs/ops.md": f"# Ops\n\n## Backup\n\n### Daily\n\n{WORDS}"}, "found"),
    ("backup_documentation", {"README.md": "# A\n\n## Backup\n\nTODO\n"}, "absent"),
    ("monitoring_documentation", {"docs/ops.md": f"# Überwachung und Protokollierung\n\n{WORDS}"}, "found"),
    ("monitoring_documentation", {"docs/ops.md": f"# Catalogue of saved_search_alerted\n\n{WORDS}"}, "absent"),
    ("licence_detected", {"LICENSE": MIT}, "found"),
    ("licence_detected", {"LICENSE": "Alle Rechte vorbehalten"}, "absent"),
    ("licence_agrees", {"LICENSE": MIT, "package.json": '{"license": "MIT"}'}, "found"),
    ("licence_agrees", {"LICENSE": MIT, "package.json": '{\n"license": "Apache-2.0"}'}, "absent"),
    ("licence_agrees", {"LICENSE": MIT}, "not_available"),
]


@pytest.mark.parametrize(("name", "files", "status"), CASES)
def test_a_probe_says_what_is_there(
    probe: Callable[[str, dict[str, str]], Probe], name: str, files: dict[str, str], status: str
) -> None:
    found = probe(name, files)
    assert found.status == status
    assert found.evidence or found.reason


def test_values_can_be_compared(probe: Callable[[str, dict[str, str]], Probe]) -> None:
    page = "<link rel=stylesheet href=//cdn.example.com/a.css>\n<script async src='https://Stats.example.org/x.js'>"
    hosts = probe("third_party_hosts", {"templates/a.html": page})
    assert hosts.values == ("cdn.example.com", "stats.example.org")
    assert [(e.path, e.line) for e in hosts.evidence] == [("templates/a.html", 1), ("templates/a.html", 2)]
    assert probe("licence_detected", {"LICENSE": MIT}).values == ("MIT",)
    assert probe("licence_agrees", {"LICENSE": MIT, "package.json": '{"license": "MIT"}'}).values == ("MIT",)


def test_signed_tags_are_told_from_plain_ones(tmp_path: Path, as_of: datetime) -> None:
    git_dir = RepositoryMaker().commit({"a": "b"}, as_of).tag("v1", as_of).make(tmp_path / "app.git")
    with Repository.open(git_dir) as repository:
        look = lambda: PROBES["signed_tags"](Survey(repository, history.read(git_dir, as_of)))  # noqa: E731
        assert (look().status, look().evidence[0].text) == ("absent", "0 der letzten 1 Versionen sind signiert")
        signature = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"
        commit = git(git_dir, "rev-parse", "HEAD")
        tagger = f"tagger P <p@example.org> {int(as_of.timestamp()) + 9} +0000"
        tag = f"object {commit}\ntype commit\ntag v2\n{tagger}\n\nv2\n{signature}"
        oid = git(git_dir, "hash-object", "-t", "tag", "-w", "--stdin", stdin=tag.encode())
        git(git_dir, "update-ref", "refs/tags/v2", oid)
        assert (look().status, look().evidence[0].text) == ("found", "1 der letzten 2 Versionen sind signiert")


def test_the_rubric_explains_every_probe(tmp_path: Path, as_of: datetime) -> None:
    rules = {probe.id: probe for probe in load().probes}
    assert set(PROBES) == {name for name in rules if not name.startswith("demo_")}
    git_dir = RepositoryMaker().commit({"README.md": "# A\n"}, as_of).make(tmp_path / "app.git")
    found = analyse(git_dir, as_of).probes
    assert set(found) == set(PROBES)
    assert all(probe.status in Presence for probe in found.values())


def test_a_probe_that_fails_costs_itself_only(tmp_path: Path, as_of: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(survey: Survey) -> Probe:
        raise KeyError("x")

    monkeypatch.setitem(PROBES, "sbom", broken)  # type: ignore[arg-type]
    git_dir = RepositoryMaker().commit({"SECURITY.md": WORDS}, as_of).make(tmp_path / "app.git")
    found = analyse(git_dir, as_of)
    assert replace(found.probes["sbom"], reason=None) == Probe(Presence.NOT_AVAILABLE)
    assert "gescheitert" in str(found.probes["sbom"].reason)
    assert found.probes["security_policy"].status is Presence.FOUND
