"""Interface contracts (A5): OpenAPI, AsyncAPI, GraphQL, Protocol Buffers that parse, are versioned and referenced."""

import re
from collections.abc import Mapping

from checkup.analysis.paths import Kind
from checkup.analysis.repository import File
from checkup.analysis.survey import Survey, shown
from checkup.domain.measurement import Evidence, Measurement, measured, not_applicable

DATA_FILE = re.compile(r"\.(ya?ml|json)$", re.IGNORECASE)
NAMED = re.compile(r"openapi|swagger|asyncapi|api[-_.]?(spec|docs|schema|v\d)|(^|/)api\.(ya?ml|json)$", re.IGNORECASE)
SCHEMA_FILE = re.compile(r"\.(graphqls?|proto)$|(^|/)schema\.gql$", re.IGNORECASE)
CONTRACT_KEYS = ("openapi", "swagger", "asyncapi")
SERVER = re.compile(
    r"\b(fastapi|flask|djangorestframework|django-ninja|starlette|aiohttp|express|@nestjs/core|fastify|koa|hapi|"
    r"spring-boot-starter-web|spring-boot-starter-webflux|quarkus-rest|jersey-server|gin-gonic/gin|labstack/echo|"
    r"go-chi/chi|gofiber/fiber|actix-web|axum|rocket|laravel/framework|symfony/framework-bundle|api-platform|rails|"
    r"grape|Microsoft\.AspNetCore|graphql-yoga|apollo-server)\b"
)
MANIFEST = re.compile(
    r"(^|/)(package\.json|pyproject\.toml|requirements[^/]*\.(txt|in)|Pipfile|setup\.(py|cfg)|pom\.xml|"
    r"build\.gradle(\.kts)?|"
    r"go\.mod|Cargo\.toml|composer\.json|Gemfile|[^/]+\.csproj)$"
)


def measure(survey: Survey) -> list[Measurement]:
    """A5: 0 none although there is a server, 1 a contract that parses, 2 versioned and named in the documentation."""
    contracts = _contracts(survey)
    if not contracts:
        if not serves(survey):
            return [
                not_applicable(
                    "A5", "Kein Hinweis auf einen Dienst mit Schnittstelle (kein bekanntes Server-Framework)."
                )
            ]
        return [
            measured("A5", [Evidence("Server-Framework gefunden, aber keine maschinenlesbare Beschreibung")], level=0)
        ]
    text = "\n".join(document.text for document in survey.documents).lower()
    level = 1
    for file, version in contracts:
        if version and (file.name.lower() in text or re.search(r"openapi|asyncapi|swagger|graphql|protobuf", text)):
            level = 2
    evidence = [
        Evidence("Beschreibung" + (f" in Version {version}" if version else ""), f.path) for f, version in contracts
    ]
    return [measured("A5", shown(evidence), level=level)]


def serves(survey: Survey) -> bool:
    """Whether a manifest names a web framework for servers."""
    return any(SERVER.search(survey.text(file)[:200_000]) for file in survey.matching(MANIFEST))


def _contracts(survey: Survey) -> list[tuple[File, str]]:
    found: list[tuple[File, str]] = []
    for file in survey.files:
        if survey.kinds[file.path] in (Kind.TEST, Kind.GENERATED) or file.size > 512_000:
            continue
        if SCHEMA_FILE.search(file.path):
            found.append((file, "1" if re.search(r"\bv\d|package\s+[\w.]+\.v\d", survey.text(file)[:5_000]) else ""))
        elif DATA_FILE.search(file.path) and (NAMED.search(file.path) or _looks_like_one(survey, file)):
            data = survey.yaml(file)
            if isinstance(data, Mapping) and any(key in data for key in CONTRACT_KEYS):
                info = data.get("info")
                found.append((file, str(info.get("version") or "")[:30] if isinstance(info, Mapping) else ""))
    return found[:20]


def _looks_like_one(survey: Survey, file: File) -> bool:
    """A cheap look at the start, for contracts with other names; only where documents and specifications live."""
    if not re.search(r"(^|/)(docs?|spec|specs|api|contracts?|schemas?|resources)/", file.path):
        return False
    return bool(re.search(r"""^\s*["']?(openapi|swagger|asyncapi)["']?\s*:""", survey.text(file)[:500], re.MULTILINE))
