"""What guards the code: tests (Q5), CI (Q6), style (Q7), dependencies (Q10)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from checkup.analysis import limits
from checkup.analysis.paths import Kind
from checkup.analysis.repository import File
from checkup.analysis.survey import Survey, shown
from checkup.analysis.units import is_minified
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable

CI_FILE = re.compile(
    r"^\.(github|forgejo|gitea)/workflows/[^/]+\.ya?ml$|^\.gitlab-ci\.ya?ml$|^\.gitlab/ci/|^\.woodpecker(\.ya?ml$|/)|"
    r"^\.circleci/config\.yml$|^azure-pipelines[^/]*\.ya?ml$|^\.travis\.yml$|^bitbucket-pipelines\.yml$|^\.drone\.yml$|"
    r"^Jenkinsfile[^/]*$|^\.ci/[^/]+$|^\.buildkite/"
)
TEST_STEP = re.compile(
    r"\bpytest\b|\btox\b|\bnox\b|\bunittest\b|manage\.py test|(npm|yarn|pnpm|bun)( run)? (-\S+ )*([a-z:-]*test|"
    r"vitest|jest|e2e)\b|"
    r"npx (jest|vitest)|"
    r"mvnw? [^\n]*\b(test|verify|install|package)\b|gradlew? [^\n]*\b(test|check|build)\b|go test|cargo (nextest|test)|"
    r"dotnet test|phpunit|\brspec\b|rake test|make (-\S+ )*(test|check|ci)|ctest|flutter test|mix test|bundle exec r|"
    r"just test|task test|sbt test|composer (run )?test|nx (affected|run-many)[^\n]*test|codecept"
)
STYLE_STEP = re.compile(
    r"\b(ruff|eslint|flake8|black|prettier|pylint|golangci-lint|golangci|gofmt|checkstyle|spotless|ktlint|detekt|phpcs|"
    r"php-cs-fixer|phpstan|stylelint|clippy|rustfmt|cargo fmt|rubocop|mypy|pre-commit|biome|isort|pmd|spotbugs|"
    r"dart analyze|flutter analyze)\b|(npm|yarn|pnpm)( run)? (lint|format|style)|make (-\S+ )*(lint|style|format|"
    r"check)|nx [^\n]*lint"
)
STYLE_CONFIG = re.compile(
    r"(^|/)(\.eslintrc[^/]*|eslint\.config\.[a-z]+|\.?ruff\.toml|\.flake8|\.pylintrc|\.prettierrc[^/]*|"
    r"prettier\.config\.[a-z]+|"
    r"\.golangci\.ya?ml|checkstyle\.xml|\.rubocop\.yml|phpcs\.xml[^/]*|\.php-cs-fixer[^/]*|\.stylelintrc[^/]*|"
    r"rustfmt\.toml|"
    r"clippy\.toml|detekt\.ya?ml|biome\.json|\.pre-commit-config\.yaml|analysis_options\.yaml|\.editorconfig|"
    r"pmd[^/]*\.xml)$"
)
BUILD_FILE = re.compile(r"^(pyproject\.toml|package\.json|pom\.xml|build\.gradle(\.kts)?)$")
STYLE_SECTION = re.compile(
    r"\[tool\.(ruff|black|flake8|pylint|isort)|\"eslintConfig\"|\"prettier\"|spotless|checkstyle"
)
MANIFESTS: Mapping[str, tuple[str, ...]] = {
    "package.json": (
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lockb",
        "bun.lock",
        "npm-shrinkwrap.json",
    ),
    "pyproject.toml": (
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "Pipfile.lock",
        "requirements.lock",
        "requirements.txt",
        "pylock.toml",
    ),
    "Pipfile": ("Pipfile.lock",),
    "Cargo.toml": ("Cargo.lock",),
    "go.mod": ("go.sum",),
    "composer.json": ("composer.lock",),
    "Gemfile": ("Gemfile.lock",),
    "pubspec.yaml": ("pubspec.lock",),
    "mix.exs": ("mix.lock",),
}
UNLOCKED = re.compile(r"(^|/)(requirements[^/]*\.txt|pom\.xml|build\.gradle(\.kts)?|[^/]+\.csproj)$")
UPDATE_BOT = re.compile(
    r"(^|/)\.?renovate(rc)?(\.json5?)?$|^\.github/(dependabot\.ya?ml|renovate\.json5?)$|^\.gitlab/renovate\.json5?$"
)
NO_STEP = re.compile(
    r"^\s*(#|//|-?\s*(name|key|path|paths|if|image|restore-keys|description|branches|tags)\s*:)|.*skipTests"
)
USES = re.compile(r"^\s*(?:-\s*)?(?:uses|image):\s*[\"']?([^\s\"'#]+)")
FROM = re.compile(r"^FROM\s+(?:--\S+\s+)?(\S+)", re.IGNORECASE)
CONTAINER = re.compile(r"(^|/)((docker-)?compose[^/]*\.ya?ml|Dockerfile[^/]*|[^/]+\.Dockerfile|Containerfile)$")


def tests(survey: Survey) -> list[Measurement]:
    """Q5: lines of test code for one line of production code."""
    production = code_lines(survey, Kind.PRODUCTION)
    if production < 50:
        return [not_applicable("Q5", f"Nur {production} Zeilen Produktivcode.")]
    test = code_lines(survey, Kind.TEST)
    files = survey.code(Kind.TEST)
    evidence = [Evidence(f"{test} Zeilen Testcode zu {production} Zeilen Produktivcode")]
    evidence += [Evidence("Testdatei", file.path) for file in files[:3]]
    return [measured("Q5", evidence, ratio=test / production, test_lines=test, production_lines=production)]


def code_lines(survey: Survey, kind: Kind) -> int:
    """Lines that are not blank, in files that a person wrote."""
    total = 0
    for file in survey.code(kind):
        if file.size <= limits.MAX_UNIT_BYTES:
            text = survey.text(file)
            if not is_minified(text):
                total += sum(1 for line in text.split("\n") if line.strip())
    return total


def ci_files(survey: Survey) -> list[File]:
    return [file for file in survey.files if CI_FILE.search(file.path)]


def ci_tests(survey: Survey) -> list[Measurement]:
    """Q6: 0 no CI, 1 CI, 2 CI with a test step that runs on changes."""
    files = ci_files(survey)
    if not files:
        return [measured("Q6", [Evidence("Keine CI-Konfiguration gefunden")], level=0)]
    for file, line, step in steps(survey, files):
        if TEST_STEP.search(step):
            return [measured("Q6", [Evidence(f"Testschritt: {step.strip()[:80]}", file.path, line)], level=2)]
    return [measured("Q6", [Evidence("CI ohne erkennbaren Testschritt", files[0].path)], level=1)]


def style(survey: Survey) -> list[Measurement]:
    """Q7: 0 nothing, 1 configured, 2 enforced in CI."""
    for file, line, step in steps(survey, ci_files(survey)):
        if STYLE_STEP.search(step):
            return [measured("Q7", [Evidence(f"Stilprüfung in der CI: {step.strip()[:80]}", file.path, line)], level=2)]
    configs = [f for f in survey.matching(STYLE_CONFIG) if f.name != ".editorconfig"]
    configs += [f for f in survey.matching(BUILD_FILE) if STYLE_SECTION.search(survey.text(f))]
    if configs:
        return [measured("Q7", [Evidence("Stilprüfung eingerichtet, aber nicht in der CI", configs[0].path)], level=1)]
    return [measured("Q7", [Evidence("Keine Stilprüfung gefunden")], level=0)]


def steps(survey: Survey, files: list[File], *, only_changes: bool = True) -> Iterator[tuple[File, int, str]]:
    """Lines of CI files that are no comments; with `only_changes` not those of a workflow only for tags or by hand."""
    for file in files:
        text = survey.text(file)[:200_000]
        workflow = file.path.startswith((".github/", ".forgejo/", ".gitea/"))
        if only_changes and workflow and not on_changes(survey.yaml(file)):
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip() and not NO_STEP.match(line):
                yield file, number, line[:500]


def on_changes(workflow: Any) -> bool:
    """Whether a workflow starts on pushes to branches or on pull requests (YAML reads the key `on` as true)."""
    if not isinstance(workflow, Mapping):
        return False
    trigger = workflow.get("on", workflow.get(True))
    names = [trigger] if isinstance(trigger, str) else list(trigger) if isinstance(trigger, list | Mapping) else []
    if any(name in ("pull_request", "pull_request_target", "merge_group", "workflow_call") for name in names):
        return True
    if "push" not in names:
        return False
    push = trigger.get("push") if isinstance(trigger, Mapping) else None
    return not (isinstance(push, Mapping) and "tags" in push and "branches" not in push)


def dependencies(survey: Survey) -> list[Measurement]:
    """Q10: locked dependencies, an update bot, images and actions with a version."""
    manifests = [file for file in survey.files if file.name in MANIFESTS and survey.kinds[file.path] is not Kind.TEST
                 and "node_modules/" not in file.path]  # fmt: skip
    others = survey.matching(UNLOCKED)
    if not manifests and not others:
        return [not_applicable("Q10", "Keine bekannten Paketdateien gefunden.")]
    locked, evidence = _locked(survey, manifests, others)
    bots = survey.matching(UPDATE_BOT)
    evidence.append(
        Evidence("Automatische Aktualisierung", bots[0].path)
        if bots
        else Evidence("Keine automatische Aktualisierung (Renovate, Dependabot) gefunden")
    )
    pinned, loose = _pinned(survey)
    evidence += loose or [Evidence("Abbilder und Aktionen mit Version angegeben")]
    return [measured("Q10", shown(evidence), locked=locked, update_bot=bool(bots), pinned=pinned)]


def _locked(survey: Survey, manifests: list[File], others: list[File]) -> tuple[float, list[Evidence]]:
    """The share of manifests with a lock file in the same folder or above; pinned requirements count too."""
    good = 0
    evidence: list[Evidence] = []
    for file in manifests:
        folder = file.path.rpartition("/")[0]
        above = ["", *("/".join(folder.split("/")[: i + 1]) for i in range(len(folder.split("/"))))]
        locks = [f"{place}/{lock}".lstrip("/") for place in above for lock in MANIFESTS[file.name]]
        found = next((lock for lock in locks if lock in survey.by_path), None)
        good += found is not None
        if found is None:
            evidence.append(Evidence("Ohne Sperrdatei", file.path))
    for file in others:
        if file.name.startswith("requirements"):
            lines = [line for line in survey.text(file).split("\n") if re.match(r"^[A-Za-z0-9]", line)]
            fixed = bool(lines) and sum("==" in line for line in lines) >= len(lines) * 0.9
        else:
            fixed = True  # Maven, Gradle and NuGet name exact versions unless told otherwise
        good += fixed
        if not fixed:
            evidence.append(Evidence("Versionen nicht festgeschrieben", file.path))
    total = len(manifests) + len(others)
    return good / total, [Evidence(f"{good} von {total} Paketdateien festgeschrieben"), *evidence[:3]]


def _pinned(survey: Survey) -> tuple[float, list[Evidence]]:
    """The share of container images and CI actions that name a version (1 when there are none)."""
    total = 0
    loose: list[Evidence] = []
    for file in [*survey.matching(CONTAINER), *ci_files(survey)]:
        own = _built_here(survey, file)
        for number, line in enumerate(survey.text(file)[:200_000].split("\n"), start=1):
            if stage := re.search(r"^FROM\s.*\s+AS\s+(\S+)", line, re.IGNORECASE):
                own.add(stage.group(1).lower())
            name = _foreign_name(line)
            if not name or name.lower() in own:
                continue
            total += 1
            version = name.partition("@")[2] or name.rpartition("/")[2].partition(":")[2]
            if version in ("", "latest", "main", "master"):
                loose.append(Evidence(f"Ohne feste Version: {name[:80]}", file.path, number))
    return (1 - len(loose) / total if total else 1.0), loose


def _foreign_name(line: str) -> str | None:
    """The image or action that a line uses; None for local ones, variables and other lines."""
    match = USES.match(line) or FROM.match(line)
    name = match.group(1) if match else ""
    return None if not name or name.startswith(("./", "{")) or "$" in name or name.lower() == "scratch" else name


def _built_here(survey: Survey, file: File) -> set[str]:
    """Images of a compose file that are built from this repository: their version is the commit."""
    services = (survey.yaml(file) or {}).get("services") if isinstance(survey.yaml(file), Mapping) else None
    if not isinstance(services, Mapping):
        return set()
    built = [entry for entry in services.values() if isinstance(entry, Mapping) and "build" in entry]
    return {str(entry.get("image", "")).lower() for entry in built}
