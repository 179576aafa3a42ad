"""Whichever Java fits is found, and what is missing is said."""

from pathlib import Path

import pytest
from opensearch_local import java
from opensearch_local.faults import NotHereError


def installed(folder: Path, version: str) -> Path:
    """A command that tells a version as `java` does."""
    command = folder / "bin" / "java"
    command.parent.mkdir(parents=True)
    command.write_text(f"#!/bin/sh\necho '    java.specification.version = {version}' >&2\n")
    command.chmod(0o755)
    return folder


def test_the_one_named_in_the_environment_comes_first(tmp_path: Path) -> None:
    installed(tmp_path / "jvm" / "jdk-21", "21")
    named = installed(tmp_path / "named", "25")
    found = java.find({"JAVA_HOME": str(named), "PATH": ""}, installed=tmp_path / "jvm")
    assert found == java.Java(str(named / "bin" / "java"), 25)


@pytest.mark.parametrize("variable", ["OPENSEARCH_JAVA_HOME", "JDK21_HOME", "JDK_25", "JAVA_HOME_21_X64"])
def test_names_of_the_environment_that_are_understood(tmp_path: Path, variable: str) -> None:
    named = installed(tmp_path / "named", "21")
    assert java.find({variable: str(named), "PATH": ""}, installed=tmp_path / "jvm").version == 21


def test_one_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old = installed(tmp_path / "old", "17")
    on_path = installed(tmp_path / "other", "22") / "bin"
    found = java.find({"JAVA_HOME": str(old), "PATH": str(on_path)}, installed=tmp_path / "jvm")
    assert found.version == 22


def test_of_those_beside_each_other_the_oldest_that_fits(tmp_path: Path) -> None:
    for version in ("1.8", "17", "25", "21"):
        installed(tmp_path / "jvm" / f"jdk-{version}", version)
    assert java.find({"PATH": ""}, installed=tmp_path / "jvm").version == 21


def test_without_a_fitting_one_it_says_what_there_is(tmp_path: Path) -> None:
    old = installed(tmp_path / "jvm" / "jdk-8", "1.8")
    with pytest.raises(NotHereError) as missing:
        java.find({"PATH": ""}, installed=tmp_path / "jvm")
    assert str(missing.value) == (
        f"Java 21 or newer is needed, found Java 8 ({old / 'bin' / 'java'}): install one, or name it in JAVA_HOME"
    )


def test_a_name_that_leads_nowhere_is_ignored(tmp_path: Path) -> None:
    with pytest.raises(NotHereError, match="found none"):
        java.find({"JAVA_HOME": str(tmp_path / "gone"), "PATH": ""}, installed=tmp_path / "jvm")
