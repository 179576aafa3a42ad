"""publiccode.yml: found, parsed, and checked for the keys that the standard (0.2 to 0.5) makes mandatory."""

from collections.abc import Mapping
from typing import Any

from checkup.analysis.survey import Survey, shown
from checkup.domain.measurement import Evidence, Measurement, measured

NAMES = ("publiccode.yml", "publiccode.yaml")
MANDATORY = (
    "publiccodeYmlVersion",
    "name",
    "url",
    "platforms",
    "developmentStatus",
    "softwareType",
    "description",
    "legal.license",
    "maintenance.type",
    "localisation.localisationReady",
    "localisation.availableLanguages",
)
STATUSES = ("concept", "development", "beta", "stable", "obsolete")
MAINTENANCE = ("internal", "contract", "community", "none")


def read(survey: Survey) -> Mapping[str, Any] | None:
    """The parsed file, None when there is none or it is no mapping."""
    for name in NAMES:
        if name in survey.by_path:
            data = survey.yaml(survey.by_path[name])
            return data if isinstance(data, Mapping) else None
    return None


def measure(survey: Survey) -> list[Measurement]:
    """D9: 0 none, 1 with errors, 2 valid."""
    path = next((name for name in NAMES if name in survey.by_path), None)
    if path is None:
        return [measured("D9", [Evidence("Keine publiccode.yml im Wurzelverzeichnis")], level=0)]
    data = read(survey)
    if data is None:
        return [measured("D9", [Evidence("Kein gültiges YAML", path)], level=1)]
    found = problems(data)
    if found:
        return [measured("D9", shown(Evidence(problem, path) for problem in found), level=1)]
    return [measured("D9", [Evidence("Alle Pflichtangaben vorhanden", path)], level=2)]


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is missing or not allowed, in words."""
    found = [f"Pflichtangabe fehlt: {key}" for key in MANDATORY if _at(data, key) in (None, "", [], {})]
    status = data.get("developmentStatus")
    if status is not None and status not in STATUSES:
        found.append("developmentStatus ist keiner der erlaubten Werte")
    maintenance = _at(data, "maintenance.type")
    if maintenance is not None and maintenance not in MAINTENANCE:
        found.append("maintenance.type ist keiner der erlaubten Werte")
    if maintenance in ("internal", "community") and not _at(data, "maintenance.contacts"):
        found.append("Pflichtangabe fehlt: maintenance.contacts")
    if maintenance == "contract" and not _at(data, "maintenance.contractors"):
        found.append("Pflichtangabe fehlt: maintenance.contractors")
    descriptions = data.get("description")
    if isinstance(descriptions, Mapping):
        for language, text in list(descriptions.items())[:20]:
            for key in ("shortDescription", "longDescription", "features"):
                if not (isinstance(text, Mapping) and text.get(key)):
                    found.append(f"Pflichtangabe fehlt: description.{str(language)[:8]}.{key}")
    return found


def _at(data: Mapping[str, Any], dotted: str) -> Any:
    value: Any = data
    for key in dotted.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
