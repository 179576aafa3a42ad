"""Templates that are read once."""

import traceback
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, UndefinedError
from servicekit.templates import KeptTemplates


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.txt").write_text("{% include 'part.txt' %} {{ name }}")
    (tmp_path / "part.txt").write_text("Guten Tag,")
    return tmp_path


def environment(folder: Path) -> Environment:
    loader = KeptTemplates(FileSystemLoader(folder))
    return Environment(loader=loader, undefined=StrictUndefined, autoescape=True)


def test_what_changes_later_is_not_seen(folder: Path) -> None:
    env = environment(folder)
    for name in ("page.txt", "part.txt", "new.txt"):
        (folder / name).write_text("{{ newer }}")
    for _ in range(2):
        assert env.get_template("page.txt").render(name="Ada") == "Guten Tag, Ada"
    assert env.list_templates() == ["page.txt", "part.txt"]
    with pytest.raises(TemplateNotFound):
        env.get_template("new.txt")


def test_a_fault_names_its_file(folder: Path) -> None:
    with pytest.raises(UndefinedError) as failure:
        environment(folder).get_template("page.txt").render()
    assert str(folder / "page.txt") in {frame.filename for frame in traceback.extract_tb(failure.value.__traceback__)}
