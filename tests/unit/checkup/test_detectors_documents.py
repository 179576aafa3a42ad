"""Detectors of documentation and architecture, on small trees."""

from collections.abc import Callable
from importlib import metadata
from typing import Any

import pytest
from checkup.analysis import architecture, documentation, instructions, interfaces, licences, publiccode
from checkup.analysis.documents import parse
from checkup.analysis.history import History
from checkup.analysis.survey import Survey
from checkup.analysis.words import amstad, is_german, template_phrases

Raw = Callable[..., dict[str, Any]]
WORDS = "Diese Anwendung hilft kleinen Gemeinden, ihre Angebote zu pflegen und mit anderen zu teilen. " * 2
README = f"""# Dorfportal

{WORDS}

## Installation

```sh
docker compose up
make run
```

Danach ist die Anwendung unter dem genannten Port zu erreichen, alle Daten liegen im Ordner data und bleiben erhalten.

## Nutzung

{WORDS}

## Mitmachen

Siehe [CONTRIBUTING](CONTRIBUTING.md).

## Hilfe

[Forum](https://example.org)
"""
TEMPLATE = """# My project

Choose a self-explaining name for your project.

## Description
Let people know what your project can do specifically. Provide context and add a link to any reference visitors
might be unfamiliar with.

## Installation
Within a particular ecosystem, there may be a common way of installing things. A good readme is what we want here too.
"""


def test_documents_are_read_in_parts_with_line_numbers() -> None:
    text = "---\ntitle: x\n---\n# Titel\n\nText mit [Link](a.md) und ![Bild](b.png).\n\n"
    text += "```sh\nmake x\n```\n<img src='c.png' alt='C'>\n"
    document = parse("docs/a.md", text)
    assert (document.title, document.sections[1].line) == ("Titel", 4)
    assert [(link.target, link.line) for link in document.links] == [("a.md", 6)]
    assert [(fence.language, fence.content, fence.line) for fence in document.fences] == [("sh", "make x\n", 8)]
    assert [(p.target, p.text) for p in document.pictures] == [("b.png", "Bild"), ("c.png", "C")]


def test_restructured_text_and_asciidoc_have_headings_too() -> None:
    rst = parse(
        "docs/a.rst",
        "Titel\n=====\n\nText `Link <a.rst>`_\n\n.. image:: x.png\n   :alt: Bild\n\nTeil\n----\n\nRun::\n\n   make x\n",
    )
    assert [(section.title, section.level) for section in rst.sections[1:]] == [("Titel", 1), ("Teil", 2)]
    assert (rst.links[0].target, rst.pictures[0].text, rst.fences[0].content) == ("a.rst", "Bild", "make x\n")
    adoc = parse("docs/a.adoc", "= Titel\n\nText xref:b.adoc[B]\n\n== Teil\n\n----\nmake x\n----\nimage::y.png[Bild]\n")
    assert [(section.title, section.level) for section in adoc.sections[1:]] == [("Titel", 1), ("Teil", 2)]
    assert (adoc.links[0].target, adoc.pictures[0].text, adoc.fences[0].content) == ("b.adoc", "Bild", "make x\n")


def test_six_questions_need_own_words_or_a_link_that_leads_somewhere(raw: Raw) -> None:
    assert raw(documentation.roles, {"README.md": README})["D1"] == {"roles": 4}
    files = {"README.md": README, "LICENSE": "MIT", "CONTRIBUTING.md": WORDS}
    assert raw(documentation.roles, files)["D1"] == {"roles": 6}
    assert raw(documentation.roles, {})["D1"] == {"roles": 0}


def test_headings_of_an_unfilled_template_answer_nothing(raw: Raw) -> None:
    assert raw(documentation.roles, {"README.md": TEMPLATE})["D1"] == {"roles": 0}
    assert len(template_phrases(TEMPLATE)) == 3


def test_substance_is_what_is_left_without_code_and_template(raw: Raw) -> None:
    assert raw(documentation.substance, {"README.md": "# A\n\nzwei Worte\n\n```\nviele andere\n```\n"})["D2"] == {
        "words": 2
    }
    assert raw(documentation.substance, {"docs/README.md": "# A\n\nzwei Worte"})["D2"] == {"words": 2}
    assert raw(documentation.substance, {})["D2"] == {"words": 0}


def test_extent_counts_pages_and_sees_a_site(raw: Raw) -> None:
    pages = {f"docs/{n}.md": f"# S\n\n{WORDS}" for n in range(4)}
    assert raw(documentation.extent, {**pages, "mkdocs.yml": "site_name: x"})["D3"] == {"pages": 4, "site": 1}
    assert raw(documentation.extent, {"docs/a.md": "kurz", "src/conf.py": ""})["D3"] == {"pages": 0, "site": 0}


def test_commands_are_compared_with_the_tree(raw: Raw) -> None:
    files = {
        "README.md": "```sh\n$ make run\nmake gone\nnpm run build\nnpm install\n./start.sh\n"
        "python tools/x.py && make run\n```\n",
        "Makefile": "run: ## start\n\techo\nX := 1\n",
        "package.json": '{"scripts": {"build": "x"}}',
        "start.sh": "",
    }
    # make run, npm run build, ./start.sh, make run exist; make gone and tools/x.py do not
    assert raw(instructions.commands, files)["D4"] == {"resolved_share": round(4 / 6, 4), "checked": 6}
    assert raw(instructions.commands, {"README.md": "```sh\nls -l\n```"})["D4"] == {"resolved_share": 0, "checked": 0}


def test_environment_variables_are_compared_with_the_documentation(raw: Raw) -> None:
    files = {
        "src/a.py": 'os.environ["API_KEY"]; os.getenv("DB_URL"); os.environ.get("HOME")',
        "src/b.ts": "process.env.MAIL_HOST",
        "README.md": "Set `API_KEY`.",
        ".env.example": "DB_URL=\n",
    }
    assert raw(instructions.configuration, files)["D5"] == {"documented_share": round(2 / 3, 4), "variables": 3}
    assert raw(instructions.configuration, {"src/a.py": "x = 1"})["D5"] == "not_applicable"


def test_internal_links_are_followed(raw: Raw) -> None:
    files = {
        "README.md": "[a](docs/a.md) [b](docs/gone.md#x) [c](https://example.org) [d](#here) [e](docs/)",
        "docs/a.md": "[up](../README.md) [site](/a) ![pic](gone.png) [page](b)",
        "docs/b.md": "x",
    }
    assert raw(instructions.links, files)["D10"] == {"broken_percent": round(100 * 2 / 7, 4), "links": 7}


def test_changelog_and_version_scheme(raw: Raw, history: Callable[..., History]) -> None:
    tagged = history(tags=[("v1.2.0", 1), ("v1.1.0", 30)])
    assert raw(documentation.changelog, {"CHANGELOG.md": "## 1.2.0"}, tagged)["D6"] == {"changelog": 1, "semver": 1}
    assert raw(documentation.changelog, {"CHANGELOG.md": "## 1.1.0"}, tagged)["D6"] == {"changelog": 0.5, "semver": 1}
    assert raw(documentation.changelog, {}, history(tags=[("sommer", 1)]))["D6"] == {"changelog": 0, "semver": 0}
    assert raw(documentation.changelog, {".github/release.yml": "1.0"})["D6"] == {"changelog": 0, "semver": 0}


MIT = "Permission is hereby granted, free of charge, to any person … without restriction, including …"
EUPL = "EUROPÄISCHE UNION\nOpen-Source-Lizenz für die Europäische Union v. 1.2\nEUPL © the European Union"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, (0, 0, 0, 0, 0)),
        ({"LICENSE": MIT}, (1, 1, 1, 1, 0)),
        ({"LICENSE": EUPL, "REUSE.toml": ""}, (1, 1, 1, 1, 1)),
        ({"LICENSE": "Alle Rechte vorbehalten"}, (1, 0, 0, 0, 0)),
        ({"LICENSE": MIT, "package.json": '{\n  "license": "GPL-3.0-or-later"\n}'}, (1, 1, 1, 0, 0)),
        ({"LICENSE": MIT, "pyproject.toml": 'license = "MIT"\n'}, (1, 1, 1, 1, 0)),
        ({"LICENSE": MIT, "src/a.py": "# SPDX-License-" + "Identifier: MIT\n"}, (1, 1, 1, 1, 1)),
    ],
)
def test_licence_clarity(raw: Raw, files: dict[str, str], expected: tuple[int, ...]) -> None:
    found = raw(licences.measure, files)["D7"]
    assert tuple(found[name] for name in ("file", "known", "open", "agree", "reuse")) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GNU AFFERO GENERAL PUBLIC LICENSE\n  Version 3, 19 November 2007", "AGPL-3.0"),
        ("GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3 … incorporates the GNU General Public License", "LGPL-3.0"),
        ("GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991", "GPL-2.0"),
        ("Apache License\n   Version 2.0, January 2004", "Apache-2.0"),
        ("EUROPEAN UNION PUBLIC LICENCE v. 1.2", "EUPL-1.2"),
        ("Irgendetwas", None),
    ],
)
def test_licence_texts_are_known_by_their_words(text: str, name: str | None) -> None:
    assert licences.identify(text) == name


def test_a_whole_text_that_mentions_other_licences_is_what_it_is() -> None:
    (file,) = [entry for entry in metadata.files("hypothesis") or () if entry.name.startswith("LICENSE")]
    text = file.read_text()
    assert "Affero General Public License" in " ".join(text.split())
    assert licences.identify(text) == "MPL-2.0"


def test_german_and_readable(raw: Raw) -> None:
    found = raw(
        documentation.german, {"README.de.md": f"# Portal\n\n{WORDS * 6}", "README.md": "# Portal\n\nThis is it."}
    )
    assert found["D8"]["german_overview"] == 1
    assert 20 < found["D8"]["amstad"] < 80
    english = "This is the portal for all of the villages in the county and it is used by many of them. " * 5
    assert raw(documentation.german, {"README.md": english})["D8"] == {"german_overview": 0, "amstad": 0}


def test_readability_follows_amstad() -> None:
    easy = amstad("Das Haus ist rot. Der Hund ist da. Wir gehen nun. " * 20)
    hard = amstad(
        "Verwaltungsvorschriftenumsetzungsverordnungen berücksichtigen Genehmigungsverfahrensvereinfachungen. " * 40
    )
    assert easy is not None
    assert hard is not None
    assert easy.index > 80
    assert hard.index == 0
    assert amstad("zu kurz") is None
    assert is_german(WORDS)
    assert not is_german("the house is red and the dog is here")


PUBLICCODE = """publiccodeYmlVersion: "0.4"
name: Portal
url: https://example.org/portal.git
platforms: [web]
developmentStatus: stable
softwareType: standalone/web
usedBy: [Stadt A, Stadt B]
description:
  de: {shortDescription: Kurz, longDescription: Lang, features: [Suche]}
legal: {license: MIT}
maintenance: {type: community, contacts: [{name: Kontaktstelle}]}
localisation: {localisationReady: true, availableLanguages: [de]}
"""


def test_publiccode_is_checked_for_its_mandatory_keys(raw: Raw) -> None:
    assert raw(publiccode.measure, {"publiccode.yml": PUBLICCODE})["D9"] == {"level": 2}
    assert raw(publiccode.measure, {"publiccode.yml": PUBLICCODE.replace("stable", "fertig")})["D9"] == {"level": 1}
    assert raw(publiccode.measure, {"publiccode.yml": "name: [\n"})["D9"] == {"level": 1}
    assert raw(publiccode.measure, {})["D9"] == {"level": 0}
    assert (
        publiccode.problems({"maintenance": {"type": "contract"}})[-1] == "Pflichtangabe fehlt: maintenance.contractors"
    )


def test_a_yaml_bomb_is_harmless(raw: Raw) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 8)}]\n" for n in range(9)
    )
    assert raw(publiccode.measure, {"publiccode.yml": bomb})["D9"] == {"level": 1}


def test_an_architecture_document_counts_more_than_a_section(raw: Raw) -> None:
    assert raw(architecture.overview, {"docs/architecture.md": f"# A\n\n{WORDS * 6}"})["A1"] == {"level": 2}
    assert raw(architecture.overview, {"README.md": f"# A\n\n## Aufbau\n\n{WORDS * 2}"})["A1"] == {"level": 1}
    assert raw(architecture.overview, {"docs/adr/0001-architecture.md": f"# A\n\n{WORDS * 6}"})["A1"] == {"level": 0}


def test_topics_of_arc42_by_their_headings(raw: Raw) -> None:
    text = "# Architektur\n" + "".join(
        f"\n## {title}\n\n{WORDS}\n" for title in ("Kontext", "Bausteinsicht", "Verteilung", "Glossar")
    )
    assert raw(architecture.topics, {"docs/architektur.md": text})["A2"] == {"topics": 4}
    assert raw(architecture.topics, {"docs/architektur.md": "# Architektur\n\n## Kontext\n\n## Glossar\n"})["A2"] == {
        "topics": 0
    }
    assert raw(architecture.topics, {"README.md": f"# X\n\n## Consequences\n\n{WORDS}"})["A2"] == {"topics": 0}


def test_diagrams_as_source_and_as_picture(raw: Raw) -> None:
    files = {"docs/a.md": "```mermaid\ngraph TD\n```\n\n```plantuml\n@startuml\n```\n", "docs/c4.puml": "@startuml"}
    assert raw(architecture.diagrams, files)["A3"] == {"sources": 3, "bitmaps_only": 0}
    assert raw(architecture.diagrams, {"docs/architecture.png": "x"})["A3"] == {"sources": 0, "bitmaps_only": 1}


def test_decisions_need_status_and_reason(raw: Raw) -> None:
    good = f"# 1. NATS\n\n## Status\n\nAngenommen\n\n## Kontext\n\n{WORDS * 2}\n"
    files = {"docs/adr/0001-nats.md": good, "docs/adr/0002-x.md": "# X\n\nkurz", "docs/adr/README.md": "# Liste"}
    assert raw(architecture.decisions, files)["A4"] == {"records": 2, "well_formed_share": 0.5}


def test_interface_contracts_must_parse(raw: Raw) -> None:
    api = "openapi: 3.1.0\ninfo: {title: x, version: 1.2.0}\npaths: {}\n"
    assert raw(interfaces.measure, {"docs/api.yaml": api, "README.md": "See OpenAPI."})["A5"] == {"level": 2}
    assert raw(interfaces.measure, {"docs/api.yaml": api})["A5"] == {"level": 1}
    assert raw(interfaces.measure, {"docs/openapi.yaml": "openapi: ["})["A5"] == "not_applicable"
    assert raw(interfaces.measure, {"requirements.txt": "fastapi==1"})["A5"] == {"level": 0}


def test_deployment_needs_files_and_words(raw: Raw) -> None:
    files = {"compose.yaml": "services: {}", "README.md": f"# A\n\n## Betrieb\n\n{WORDS * 2}"}
    assert raw(architecture.deployment, files)["A6"] == {"files": 1, "described": 1}
    assert raw(architecture.deployment, {})["A6"] == {"files": 0, "described": 0}


def test_drift_compares_building_blocks_with_the_documents(raw: Raw, survey: Callable[..., Survey]) -> None:
    files = {
        "compose.yaml": "services:\n  api: {}\n  worker: {}\n",
        "services/mail/main.py": "",
        "docs/architecture.md": "The api talks to mail.",
    }
    assert set(architecture.building_blocks(survey(files))) == {"api", "worker", "mail"}
    assert raw(architecture.drift, files)["A7"] == {"named_share": round(2 / 3, 4), "blocks": 3}
    assert raw(architecture.drift, {"compose.yaml": "services: {api: {}}"})["A7"] == "not_applicable"
