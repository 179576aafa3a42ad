"""Makes a valid request for any route out of its API description, so that nothing but authorisation can refuse it."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from servicekit.auth import CurrentUser
from starlette.routing import BaseRoute

UNKNOWN = "0197aaaa-0000-7000-8000-000000000000"
ADDRESS = "https://www.example.org/"
BY_NAME: Mapping[str, Any] = {
    "ars": "12064",
    "email": "neu@example.org",
    "extension": "json",
    "kind": "json",
    "number": 1,
    "former": 1,
    "later": 2,
    "q": "rathaus",
    "queries": "rathaus",
    "url": ADDRESS,
    "website_url": ADDRESS,
    "sha256": "0" * 64,
}
BODIES: Mapping[str, Any] = {
    "POST /solutions/{solution_id}/deployments/claims": {"name": "Stadt Beispielstadt"},
    "POST /solutions/{solution_id}/corrections": {"answers": {"website_url": ADDRESS}},
    "POST /solutions/{solution_id}/contests": {"kind": "manual"},
    "POST /solutions/{solution_id}/publiccode/take-over": {"answers": {"website_url": ADDRESS}},
}
"""Bodies whose rules the description cannot say."""


def routes_of(routes: list[BaseRoute]) -> Iterator[APIRoute]:
    """Yield every route of an application, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from routes_of(included.routes)


def needs_login(app: FastAPI) -> dict[str, bool]:
    """Return for `METHOD /path` of every route whether it asks for a log-in before anything else."""
    return {
        f"{method} {route.path}": _requires(route.dependant, CurrentUser.__metadata__[0].dependency)
        for route in routes_of(app.routes)
        for method in sorted(route.methods)
    }


def _requires(dependant: Dependant, wanted: object) -> bool:
    return any(each.call is wanted or _requires(each, wanted) for each in dependant.dependencies)


class Requests:
    """Requests for the routes of one application; `known` gives parameters of paths and bodies by name."""

    def __init__(self, app: FastAPI, known: Mapping[str, Any]) -> None:
        self._description = app.openapi()
        self._known = {**BY_NAME, **known}

    def of(self, name: str) -> dict[str, Any]:
        """Return what httpx sends for `METHOD /path`."""
        method, _, path = name.replace(":path}", "}").partition(" ")
        described = self._description["paths"].get(path, {}).get(method.lower(), {})
        query, headers = {}, {"If-Match": '"1"'}
        for each in described.get("parameters", ()):
            if each["in"] == "query" and each.get("required"):
                query[each["name"]] = self._value(each["schema"], each["name"])
            elif each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", str(self._path(each["name"])))
        given: dict[str, Any] = {"method": method, "url": path, "params": query}
        content = described.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            schema = content["application/json"]["schema"]
            value = self._value(schema, "")
            given["json"] = value | BODIES.get(name, {}) if isinstance(value, dict) else value
        elif "multipart/form-data" in content:
            given |= {"files": {"file": ("x.pdf", b"%PDF-1.7", "application/pdf")}, "data": {"alt": "x"}}
        elif content:
            given["content"] = b"publiccodeYmlVersion: '0.5'\n"
            headers["Content-Type"] = next(iter(content))
        return {**given, "headers": headers}

    def _path(self, name: str) -> Any:
        return self._known.get(name, UNKNOWN)

    def _value(self, schema: Mapping[str, Any], name: str) -> Any:
        if "$ref" in schema:
            return self._value(self._description["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self._value(schema[several][0], name)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        kind = schema.get("type")
        if kind == "object":
            needed = schema.get("required", ())
            return {key: self._value(part, key) for key, part in schema.get("properties", {}).items() if key in needed}
        if kind == "array":
            return [self._value(schema["items"], name) for _ in range(schema.get("minItems", 0))]
        if name in self._known:
            return self._known[name]
        if kind in ("integer", "number"):
            return schema.get("minimum", 1)
        return False if kind == "boolean" else "x" * max(1, schema.get("minLength", 1))
