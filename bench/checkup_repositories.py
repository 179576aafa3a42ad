"""Repositories of a given size for measurements of the checkup: the same bytes at every call."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from checkup.testing.repositories import Content, RepositoryMaker

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LINES_PER_FILE = 250
WEEKS = 40
WORDS = ("amt", "antrag", "bescheid", "bote", "daten", "frist", "gemeinde", "halle", "karte", "liste", "markt", "ort")
LICENCE = "Permission is hereby granted, free of charge, to any person … without restriction …"


def make(path: Path, lines: int) -> Path:
    """Write a bare repository with about so many lines of production code in four languages, tests and documents."""
    random = Random(lines)
    files: dict[str | bytes, Content] = {
        "README.md": f"# Muster\n\n{_prose(random, 300)}\n\n## Installation\n\n{_prose(random, 200)}\n",
        "LICENSE": LICENCE,
        "CHANGELOG.md": "# Änderungen\n\n## 1.1.0\n\n- Neu\n",
        "docs/handbuch.md": f"# Handbuch\n\n{_prose(random, 600)}\n",
        ".gitlab-ci.yml": "test:\n  script: pytest\n",
    }
    for number in range(max(lines // LINES_PER_FILE, 2)):
        suffix, write = SOURCES[number % len(SOURCES)]
        files[f"src/part{number // 50}/module{number}.{suffix}"] = write(random)
        if number % 5 == 0:
            files[f"tests/test_{number}.py"] = _python(random).replace("def ", "def test_")
    maker = RepositoryMaker().commit(files, NOW - timedelta(weeks=WEEKS + 1))
    for week in range(WEEKS, 0, -1):
        changed: dict[str | bytes, Content] = {f"src/part0/module{week % 2 * 4}.py": _python(random)}
        maker.commit(changed, NOW - timedelta(weeks=week), who=f"Person {week % 4}", address=f"p{week % 4}@example.org")
    return maker.tag("v1.1.0", NOW - timedelta(weeks=1)).make(path)


def _prose(random: Random, words: int) -> str:
    return " ".join(random.choice(WORDS).capitalize() for _ in range(words)) + "."


def _name(random: Random) -> str:
    return f"{random.choice(WORDS)}_{random.choice(WORDS)}_{random.randint(0, 999_999)}"


def _python(random: Random) -> str:
    parts = []
    for _ in range(LINES_PER_FILE // 8):
        name, value = _name(random), random.randint(1, 999)
        parts.append(
            f"def {name}(value: int) -> int:\n    total = {value}\n    for step in range(value):\n"
            f"        if step % {value + 1} == 0:\n            total += step\n    return total\n\n"
        )
    return "\n".join(parts)


def _braces(head: str, declare: str) -> Callable[[Random], str]:
    def write(random: Random) -> str:
        parts = []
        for _ in range(LINES_PER_FILE // 8):
            name, value = _name(random), random.randint(1, 999)
            parts.append(
                f"{head.format(name=name)}\n  {declare.format(value=value)}\n"
                f"  if (value > {value}) {{\n    total = total + value;\n  }}\n  return total;\n}}\n"
            )
        return "\n".join(parts)

    return write


SOURCES: tuple[tuple[str, Callable[[Random], str]], ...] = (
    ("py", _python),
    ("ts", _braces("export function {name}(value: number): number {{", "let total = {value};")),
    ("go", _braces("func {name}(value int) int {{", "total := {value}")),
    ("java", _braces("static int {name}(int value) {{", "int total = {value};")),
)
