"""Small honest code bases in common languages for tests: simple and branching functions, a repeated one, and tests."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """How functions look: `function` takes {name} and {body}, `branch` {n}, `step` {n}; `file` wraps all functions."""

    ending: str
    test_path: str
    function: str
    branch: str
    step: str
    file: str = "{functions}"


BRACES = "{name}(int a, int b) {{\n{body}        return a;\n    }}\n"
LANGUAGES: Mapping[str, Language] = {
    "python": Language(
        "py", "tests/test_{n}.py", "def {name}(a, b):\n{body}    return a\n\n\n", "    if a == {n}:\n        a += b\n",
        "    a = a + {n} * b\n",
    ),
    "typescript": Language(
        "ts", "src/part{n}.test.ts", "export function {name}(a: number, b: number): number {{\n{body}  return a;\n}}\n",
        "  if (a === {n}) {{\n    a += b;\n  }}\n", "  a = a + {n} * b;\n",
    ),
    "java": Language(
        "java", "src/test/java/Part{n}Test.java", "    public int " + BRACES,
        "        if (a == {n}) {{\n            a += b;\n        }}\n", "        a = a + {n} * b;\n",
        "public class Part {{\n{functions}}}\n",
    ),
    "go": Language(
        "go", "part{n}_test.go", "func {name}(a int, b int) int {{\n{body}\treturn a\n}}\n",
        "\tif a == {n} {{\n\t\ta += b\n\t}}\n", "\ta = a + {n}*b\n", "package part\n\n{functions}",
    ),
    "php": Language(
        "php", "tests/Part{n}Test.php", "function {name}(int $a, int $b): int {{\n{body}    return $a;\n}}\n",
        "    if ($a === {n}) {{\n        $a += $b;\n    }}\n", "    $a = $a + {n} * $b;\n", "<?php\n{functions}",
    ),
    "csharp": Language(
        "cs", "Tests/Part{n}Tests.cs", "    public int " + BRACES,
        "        if (a == {n}) {{\n            a += b;\n        }}\n", "        a = a + {n} * b;\n",
        "public class Part {{\n{functions}}}\n",
    ),
    "rust": Language(
        "rs", "tests/part{n}.rs", "pub fn {name}(mut a: i32, b: i32) -> i32 {{\n{body}    a\n}}\n",
        "    if a == {n} {{\n        a += b;\n    }}\n", "    a = a + {n} * b;\n",
    ),
    "kotlin": Language(
        "kt", "src/test/kotlin/Part{n}Test.kt",
        "fun {name}(a: Int, b: Int): Int {{\n    var c = a\n{body}    return c\n}}\n",
        "    if (c == {n}) {{\n        c += b\n    }}\n", "    c = c + {n} * b\n",
    ),
}  # fmt: skip


def code_base(language: Language, *, files: int = 8) -> dict[str, str]:
    """Files by path: in each six simple functions and one with 14 branches; the last two share a long function."""
    tree: dict[str, str] = {}
    for n in range(files):
        functions = [_function(language, f"simple{n}x{m}", 2, 3 + m, n * 100 + m * 10) for m in range(6)]
        functions.append(_function(language, f"branching{n}", 14, 0, n * 1000))
        if n >= files - 2:
            functions.append(_function(language, f"repeated{n}", 10, 20, 77_000))
        tree[f"src/part{n}.{language.ending}"] = language.file.format(functions="".join(functions))
        checks = "".join(_function(language, f"check{n}x{m}", 1, 2, n * 10 + m) for m in range(5))
        tree[language.test_path.format(n=n)] = language.file.format(functions=checks)
    return tree


def _function(language: Language, name: str, branches: int, steps: int, seed: int) -> str:
    body = "".join(language.branch.format(n=seed + n) for n in range(branches))
    body += "".join(language.step.format(n=seed + n) for n in range(steps))
    return language.function.format(name=name, body=body)
