"""Signs of usability in a repository (U2 to U7): German, a way to try it, pictures, accessibility, handbook, markup."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from checkup.analysis import limits, paths, words
from checkup.analysis.documents import is_badge
from checkup.analysis.paths import Kind
from checkup.analysis.repository import File
from checkup.analysis.survey import Survey, shown
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable, not_available

LOCALE = re.compile(
    r"(?:(?:^|/)(?:locales?|i18n|l10n|lang|languages|translations?|messages|res|po)/.*?|messages[_.]|strings[_.]|app_)"
    r"(?<![A-Za-z])(?P<token>(?P<code>de|en|fr|it|es|nl|pl|da|cs|uk|ar|ru|"
    r"tr)(?:[-_][A-Z]{2})?)(?![A-Za-z])[^/]*?(?:/[^/]+)*\."
    r"(?:json|po|properties|ya?ml|arb|xlf|ftl|php|ts|js)$"
)
COMPOSE = re.compile(r"(^|/)(docker-)?compose[^/]*\.ya?ml$|(^|/)\.devcontainer/|(^|/)devbox\.json$")
START = re.compile(
    r"docker[ -]compose( -[^\n]*)? up|docker run|make (run|start|up|dev)|npm (run )?(start|dev)|yarn (start|dev)|"
    r"pnpm (run )?(start|dev)|"
    r"flask run|manage\.py runserver|uvicorn |mvnw? .*spring-boot:run|gradlew? bootRun|go run|cargo run|"
    r"pipx? install|podman",
)
SAMPLE_DATA = re.compile(
    r"(^|/)(seeds?|fixtures?|demo[-_]?data|sample[-_]?data|testdaten|beispieldaten|example[-_]?data)(/|\.[a-z]+$|"
    r"[-_.])",
    re.IGNORECASE,
)
SAMPLE_TEXT = re.compile(r"demo[- ]?(data|daten)|sample data|beispieldaten|testdaten|seed", re.IGNORECASE)
DEMO = re.compile(
    r"\bdemo\b|try it|ausprobieren|playground|sandbox|live[- ]?(version|preview)|testinstanz", re.IGNORECASE
)
STATEMENT = re.compile(r"(^|/)[^/]*(accessibility|barrierefrei)[^/]*\.(md|html?|rst|adoc|vue|tsx|php)$", re.IGNORECASE)
A11Y_TEXT = re.compile(r"accessibility|barrierefrei|wcag|bitv|a11y", re.IGNORECASE)
A11Y_TOOL = re.compile(
    r"axe-core|@axe-core|cypress-axe|jest-axe|vitest-axe|axe-playwright|pa11y|jsx-a11y|vuejs-accessibility|"
    r"lighthouse-ci|@lhci/cli|angular-eslint/template/accessibility"
)
A11Y_PLACE = re.compile(r"(^|/)(package\.json|requirements[^/]*|pyproject\.toml)$|eslint[^/]*$")
A11Y_STEP = re.compile(r"\b(axe|pa11y|lighthouse|lhci|a11y)\b")
CI_PLACE = re.compile(r"^\.(github|forgejo|gitea)/workflows/|^\.gitlab-ci|^\.woodpecker")
HANDBOOK = re.compile(
    r"(^|/)(user[-_ ]?(guide|manual|docs?)|benutzer[^/]*|anwender[^/]*|nutzer[^/]*|handbuch|manual|usage|"
    r"bedienung[^/]*|guides?|tutorials?)(/|[^/]*\.(md|rst|adoc|mdx|pdf|html)$)",
    re.IGNORECASE,
)
ELEMENT = re.compile(r"<[a-zA-Z][a-zA-Z0-9-]*(?=[\s/>])")
IMAGE_TAG = re.compile(r"<img\b(?P<rest>[^<]{0,1500}?)/?>", re.DOTALL)
PAGE_TAG = re.compile(r"<html\b(?P<rest>[^>]{0,500})>", re.IGNORECASE)
FIELD_TAG = re.compile(r"<(?:input|select|textarea)\b(?P<rest>[^<]{0,1500}?)/?>", re.DOTALL)
LABELLED = re.compile(
    r"\bid\s*=|:id\s*=|aria-label|aria-labelledby|\btitle\s*=|\{\.\.\.|v-bind=|type\s*=\s*[\"'](?:hidden|submit|"
    r"button|reset|image)"
)


def german_interface(survey: Survey) -> list[Measurement]:
    """U2: German keys of the translation files in relation to the fullest language; else the language of pages."""
    families: dict[str, dict[str, int]] = defaultdict(dict)
    place: dict[str, str] = {}
    for file in survey.files:
        match = LOCALE.search(file.path)
        if match and file.size <= limits.MAX_FILE_BYTES and "node_modules/" not in file.path:
            family = file.path[: match.start("token")] + "*" + file.path[match.end("token") :]
            code = match.group("code")
            families[family][code] = families[family].get(code, 0) + translated(file, survey.text(file))
            place.setdefault(family, file.path)
    base = sum(max(counts.values()) for counts in families.values())
    if base:
        german = sum(counts.get("de", 0) for counts in families.values())
        if not german and (pages := _page_language(survey)).raw.get("german_share"):
            return [pages]  # German is what is translated from, not into
        evidence = [Evidence(f"{german} von {base} Texten auf Deutsch")]
        evidence += [Evidence("Übersetzungen", place[family]) for family in sorted(families)[:4]]
        return [measured("U2", evidence, german_share=min(german / base, 1.0), keys=base)]
    return [_page_language(survey)]


def translated(file: File, text: str) -> int:
    """The number of translated texts in one file."""
    ending = paths.extension(file.path)
    if ending in ("json", "arb"):
        try:
            return _leaves(json.loads(text))
        except (ValueError, RecursionError):
            return 0
    if ending in ("yml", "yaml"):
        return len(re.findall(r"^\s+[^#\s][^:]*:\s*\S", text, re.MULTILINE))
    if ending == "po":
        return len(re.findall(r'^msgstr(?:\[0\])? "(?:.+"|"\n".+")', text, re.MULTILINE))
    if ending == "xlf":
        return text.count("<target") or text.count("<source")
    return len(re.findall(r"^\s*[\"']?[\w.-]+[\"']?\s*(?:=>?|:)\s*\S", text, re.MULTILINE))


def _leaves(data: Any) -> int:
    if isinstance(data, Mapping):
        return sum(_leaves(value) for key, value in data.items() if not str(key).startswith("@"))
    return 1 if isinstance(data, str) and data.strip() else 0


def templates(survey: Survey) -> list[File]:
    return [
        file
        for file in survey.files
        if paths.extension(file.path) in paths.TEMPLATES
        and survey.kinds[file.path] in (Kind.PRODUCTION, Kind.OTHER)
        and file.size <= limits.MAX_UNIT_BYTES
    ]


def _page_language(survey: Survey) -> Measurement:
    pages = templates(survey)
    if not pages:
        return not_applicable("U2", "Keine Oberfläche im Repository gefunden (keine Vorlagen, keine Übersetzungen).")
    languages: list[tuple[str, File]] = []
    for file in pages:
        for match in PAGE_TAG.finditer(survey.text(file)):
            if code := re.search(r"""\blang\s*=\s*["']([a-z]{2})""", match.group("rest")):
                languages.append((code.group(1), file))
    if not languages:
        return not_available(
            "U2", "Die Sprache der Oberfläche ist nicht ausgezeichnet (weder Übersetzungen noch html lang)."
        )
    german = [file for code, file in languages if code == "de"]
    shown_file = (german or [languages[0][1]])[0]
    return measured(
        "U2",
        [Evidence(f"{len(german)} von {len(languages)} Seiten als deutsch ausgezeichnet", shown_file.path)],
        german_share=len(german) / len(languages),
    )


def way_to_try(survey: Survey) -> list[Measurement]:
    """U3: a documented start with one command, and sample data.

    `demo_up` is 0 here: whoever looks at the demo address of the listing says otherwise. `demo_named` is for 2026.1.
    """
    compose = survey.matching(COMPOSE)
    documented: Evidence | None = None
    demo: Evidence | None = None
    for document in survey.first_level:
        for fence in document.fences:
            if documented is None and START.search(fence.content[:20_000]):
                documented = Evidence("Startbefehl beschrieben", document.path, fence.line)
        for link in document.links:
            if demo is None and link.target.startswith("http") and DEMO.search(link.text + " " + link.target):
                demo = Evidence("Demo in der Dokumentation genannt", document.path, link.line)
    data = [file for file in survey.files if SAMPLE_DATA.search(file.path) and "test" not in file.path.lower()]
    told = any(SAMPLE_TEXT.search(document.prose) for document in survey.readmes)
    start = 1.0 if documented and compose else 0.8 if documented else 0.5 if compose else 0.0
    evidence = [
        documented or Evidence("Kein Startbefehl in der Dokumentation gefunden"),
        Evidence("Startumgebung", compose[0].path) if compose else Evidence("Keine Compose-Datei gefunden"),
        Evidence("Beispieldaten", data[0].path)
        if data
        else Evidence("Beispieldaten " + ("beschrieben" if told else "nicht gefunden")),
        demo or Evidence("Keine Demo in der Dokumentation genannt"),
    ]
    sample = bool(data) or told
    return [measured("U3", evidence, start_path=start, sample_data=sample, demo_named=demo is not None, demo_up=0)]


def pictures(survey: Survey) -> list[Measurement]:
    """U4: pictures in README and documentation (badges do not count), and the share with an alternative text."""
    found = [(d, p) for d in survey.documents for p in d.pictures if not is_badge(p) and p.target]
    if not found:
        return [measured("U4", [Evidence("Keine Bilder in der Dokumentation")], pictures=0, alt_share=0)]
    without = [(document, picture) for document, picture in found if len(picture.text.strip()) < 3]
    evidence = [Evidence(f"{len(found) - len(without)} von {len(found)} Bildern mit Alternativtext")]
    evidence += [Evidence("Ohne Alternativtext", document.path, picture.line) for document, picture in without]
    return [measured("U4", shown(evidence), pictures=len(found), alt_share=1 - len(without) / len(found))]


def accessibility(survey: Survey) -> list[Measurement]:
    """U5: a statement of 100 own words or more (half for less), and tooling in CI (half in dependencies only)."""
    if not templates(survey):
        return [not_applicable("U5", "Keine Oberfläche im Repository gefunden.")]
    told, evidence = statement(survey)
    in_dependencies = next((f for f in survey.matching(A11Y_PLACE) if A11Y_TOOL.search(survey.text(f))), None)
    in_ci = next((f for f in survey.matching(CI_PLACE) if A11Y_STEP.search(survey.text(f))), None)
    linted = in_dependencies is not None and "eslint" in survey.text(in_dependencies)
    tooling = 1.0 if in_ci or linted else 0.5 if in_dependencies else 0.0
    tool_file = in_ci or in_dependencies
    evidence.append(
        Evidence("Werkzeug zur Prüfung", tool_file.path)
        if tool_file
        else Evidence("Keine automatische Prüfung gefunden")
    )
    return [measured("U5", evidence, statement=told, tooling=tooling)]


def statement(survey: Survey) -> tuple[float, list[Evidence]]:
    """A statement on accessibility: 1 from 100 own words on, 0.5 for a shorter one, 0 for none, and where it is."""
    for file in survey.matching(STATEMENT):
        count = len(words.words(re.sub(r"<[^>]*>", " ", survey.text(file)[:100_000])))
        return (1.0 if count >= 100 else 0.5), [
            Evidence(f"Aussage zur Barrierefreiheit mit {count} Wörtern", file.path)
        ]
    for document in survey.documents:
        for section in document.sections:
            if A11Y_TEXT.search(section.title) and section.own_words() >= 30:
                full = section.own_words() >= 100
                return (1.0 if full else 0.5), [Evidence(f"Abschnitt „{section.title}“", document.path, section.line)]
    return 0.0, [Evidence("Keine Aussage zur Barrierefreiheit gefunden")]


def handbook(survey: Survey) -> list[Measurement]:
    """U6: 0 none, 1 exists, 2 five pages or more, 3 and in German."""
    pages = [d for d in survey.documents if HANDBOOK.search(d.path) and d.own_words() >= 40 and "/adr" not in d.path]
    others = [f for f in survey.matching(HANDBOOK) if f.path.lower().endswith(".pdf")]
    if not pages and not others:
        return [measured("U6", [Evidence("Kein Handbuch für Anwendende gefunden")], level=0)]
    german = [page for page in pages if words.is_german(page.prose)]
    level = 1 if len(pages) < 5 else 3 if len(german) * 2 >= len(pages) else 2
    evidence = [Evidence(f"{len(pages)} Seiten, davon {len(german)} auf Deutsch")]
    evidence += [Evidence("Seite", page.path) for page in pages[:4]] + [
        Evidence("PDF", file.path) for file in others[:2]
    ]
    return [measured("U6", evidence, level=level)]


def markup(survey: Survey) -> list[Measurement]:
    """U7: barriers a reader of the templates can see, per 1 000 elements."""
    elements = 0
    found: list[Evidence] = []
    for file in templates(survey):
        text = survey.text(file)
        elements += len(ELEMENT.findall(text))
        for pattern, needed, what in (
            (IMAGE_TAG, re.compile(r"\balt\b|:alt|\[alt\]|v-bind|\{\.\.\."), "Bild ohne Alternativtext"),
            (FIELD_TAG, LABELLED, "Feld ohne Beschriftung"),
            (PAGE_TAG, re.compile(r"\blang\b|\{\{|\{%"), "Seite ohne Sprachangabe"),
        ):
            for match in pattern.finditer(text):
                if not needed.search(match.group("rest")):
                    found.append(Evidence(what, file.path, text.count("\n", 0, match.start()) + 1))
    if elements < 50:
        return [not_applicable("U7", "Kaum Markup im Repository (weniger als 50 Elemente).")]
    evidence = [Evidence(f"{len(found)} Stellen in {elements} Elementen"), *found]
    return [measured("U7", shown(evidence), per_1000_elements=1000 * len(found) / elements)]
