"""Commands of the catalog beside its processes."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog.domain.publiccode.checking import Checked, check

STANDARD_INPUT = "-"


def add_to(commands: typer.Typer) -> None:
    """Add `publiccode check`."""
    publiccode = typer.Typer(no_args_is_help=True, help="publiccode.yml files.")

    @publiccode.callback()
    def group() -> None:
        """Keep `check` a command of its own."""

    @publiccode.command(name="check")
    def check_file(
        file: Annotated[str, typer.Argument(help="The file; - reads standard input.")],
        english: Annotated[bool, typer.Option("--english", help="Say it in English.")] = False,
        strict: Annotated[bool, typer.Option("--strict", help="Warnings fail, too.")] = False,
    ) -> None:
        """Check a file by the standard: exit code 0 when it is valid, 1 when it is not, 2 when it cannot be read."""
        try:
            content = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
        except OSError as error:
            typer.echo(f"{file}: {error.strerror}", err=True)
            raise typer.Exit(2) from None
        checked = check(content)
        for line in report(file, checked, english=english):
            typer.echo(line)
        if not checked.valid or (strict and checked.violations):
            raise typer.Exit(1)

    commands.add_typer(publiccode, name="publiccode")


def report(name: str, checked: Checked, *, english: bool) -> list[str]:
    """Return a line for each violation, in the form that editors understand, and one that sums up."""
    lines = [
        f"{name}:{each.line or 1}: {each.severity}: {f'{each.path}: ' if each.path else ''}"
        f"{each.en if english else each.de} [{each.rule}]"
        for each in checked.violations
    ]
    verdict = ("not valid", "valid") if english else ("nicht gültig", "gültig")
    return [*lines, f"{name}: {verdict[checked.valid]}"]
