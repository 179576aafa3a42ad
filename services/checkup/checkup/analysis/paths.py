"""Path rules: what is production code, test, documentation, generated or foreign, and which language a file is in."""

import re
from enum import StrEnum

from checkup.analysis.words import listed


class Kind(StrEnum):
    """What a file is for, judged by its path alone."""

    PRODUCTION = "production"
    TEST = "test"
    DOCUMENTATION = "documentation"
    GENERATED = "generated"
    OTHER = "other"


LANGUAGES = {
    "py": "Python", "js": "JavaScript", "jsx": "JavaScript", "mjs": "JavaScript", "cjs": "JavaScript",
    "ts": "TypeScript", "tsx": "TypeScript", "vue": "Vue", "svelte": "Svelte", "java": "Java", "kt": "Kotlin",
    "kts": "Kotlin", "scala": "Scala", "groovy": "Groovy", "go": "Go", "rs": "Rust", "rb": "Ruby", "php": "PHP",
    "cs": "C#", "c": "C", "h": "C", "cc": "C++", "cpp": "C++", "cxx": "C++", "hpp": "C++", "swift": "Swift",
    "m": "Objective-C", "mm": "Objective-C", "dart": "Dart", "lua": "Lua", "pl": "Perl", "pm": "Perl", "r": "R",
    "ex": "Elixir", "exs": "Elixir", "erl": "Erlang", "hs": "Haskell", "clj": "Clojure", "elm": "Elm", "zig": "Zig",
    "sh": "Shell", "sql": "SQL", "gd": "GDScript", "sol": "Solidity",
}  # fmt: skip
UNIT_LANGUAGES = listed(
    "py js jsx mjs cjs ts tsx vue java kt kts scala go rs rb php cs c h cc cpp cxx hpp swift m mm lua pl pm r erl gd"
)
TEMPLATES = listed("html htm xhtml jinja jinja2 j2 twig erb ejs hbs mustache njk vue svelte jsx tsx phtml ftl")
DOCUMENTS = listed("md markdown mdx rst adoc asciidoc")

_FOREIGN = re.compile(
    r"(^|/)(vendor|vendored|third[_-]?party|node_modules|bower_components|dist|build|target|out|\.venv|venv|"
    r"site-packages|"
    r"migrations|locale|locales|i18n|generated|gen|__generated__|\.yarn|coverage|storybook-static|public/build|libs/js|"
    r"__snapshots__|snapshots|cassettes|\.idea|\.vscode|obj|bin)/",
    re.IGNORECASE,
)
_GENERATED_NAME = re.compile(
    r"(\.min\.(js|css)|\.bundle\.js|\.pb\.go|_pb2(_grpc)?\.pyi?|\.g\.dart|\.freezed\.dart|\.generated\.[a-z]+|"
    r"\.snap|\.map|"
    r"\.designer\.cs|\.lock|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|composer\.lock|go\.sum|gradlew|mvnw)$",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"(^|/)(tests?|testing|spec|specs|__tests__|__mocks__|e2e|cypress|playwright|fixtures?|testdata|test-data|src/it|"
    r"src/test|features|mocks?|benchmarks?)/|(^|/)(test_[^/]+|[^/]+[._-](test|tests|spec|specs|stories|cy)|conftest|"
    r"[^/]*Tests?|[^/]+IT)\.[a-z]+$"
)
_DOCS_FOLDER = re.compile(
    r"(^|/)(docs?|documentation|dokumentation|handbuch|manual|wiki|adrs?|decisions)/", re.IGNORECASE
)
_EXAMPLE = re.compile(r"(^|/)(examples?|samples?|demos?|beispiele?)/|\.(example|sample|dist|template)$", re.IGNORECASE)


def extension(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1].lower() if "." in name[1:] else ""


def kind_of(path: str) -> Kind:
    """The kind of a file; generated and foreign code first, because it hides in every folder."""
    if _FOREIGN.search(path) or _GENERATED_NAME.search(path):
        return Kind.GENERATED
    ending = extension(path)
    if ending in DOCUMENTS or (_DOCS_FOLDER.search(path) and ending not in LANGUAGES):
        return Kind.DOCUMENTATION
    if _TEST.search(path):
        return Kind.TEST
    if _DOCS_FOLDER.search(path):
        return Kind.DOCUMENTATION
    return Kind.PRODUCTION if ending in LANGUAGES and not is_example(path) else Kind.OTHER


def is_example(path: str) -> bool:
    """Examples and samples: shown to readers, not run by anyone."""
    return bool(_EXAMPLE.search(path))


def is_foreign(path: str) -> bool:
    return bool(_FOREIGN.search(path))
