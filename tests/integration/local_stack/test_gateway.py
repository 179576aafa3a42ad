"""The gateway's routes, error answers and headers, on the real Caddy with echoing upstreams."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from local_stack.checkout import PROJECT
from local_stack.plan import SERVICES
from servicekit.testing import embedded
from servicekit.testing.process import RunningServer, free_ports


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if len(self.rfile.read(length)) < length:  # the gateway has given up
            return
        body = json.dumps(
            {"name": self.server.name, "path": self.path, "host": self.headers["Host"], "length": length}  # type: ignore[attr-defined]
        ).encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/own-policy":
            self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A gateway in front of catalog and web; nobody listens where the other services should be."""
    directory: Path = tmp_path_factory.mktemp("gateway")
    port, nobody = free_ports(2)
    upstreams = {f"{name.upper()}_UPSTREAM": f"127.0.0.1:{nobody}" for name in SERVICES}
    echoes = []
    for name in ("catalog", "web"):
        echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        echo.name = name  # type: ignore[attr-defined]
        threading.Thread(target=echo.serve_forever, daemon=True).start()
        upstreams[f"{name.upper()}_UPSTREAM"] = f"127.0.0.1:{echo.server_port}"
        echoes.append(echo)
    caddyfile = PROJECT / "deploy" / "gateway" / "Caddyfile"
    spec = embedded.caddy(directory, port=port, caddyfile=caddyfile, env=upstreams)
    with (
        RunningServer(spec, directory / "caddy.log") as server,
        httpx.Client(base_url=server.url, timeout=20) as client,
    ):
        yield client
    for echo in echoes:
        echo.shutdown()
        echo.server_close()


def test_a_service_sees_its_paths_without_the_prefix(gateway: httpx.Client) -> None:
    answer = gateway.get("/api/catalog/solutions?limit=2").json()
    assert (answer["name"], answer["path"]) == ("catalog", "/solutions?limit=2")


@pytest.mark.parametrize("path", ["/opendata", "/opendata/solutions.csv?limit=2", "/sitemap.xml?page=1"])
def test_open_data_has_addresses_of_the_whole_site(gateway: httpx.Client, path: str) -> None:
    answer = gateway.get(path).json()
    assert (answer["name"], answer["path"]) == ("catalog", path)


def test_everything_else_goes_to_the_front_end(gateway: httpx.Client) -> None:
    for path in ("/", "/suche?q=Dorfladen", "/static/site.css", "/loesungen/dorffunk", "/robots.txt", "/opendatum"):
        answer = gateway.get(path).json()
        assert (answer["name"], answer["path"]) == ("web", path)


def test_the_address_that_the_browser_used_is_kept(gateway: httpx.Client) -> None:
    assert gateway.get("/").json()["host"] == gateway.base_url.netloc.decode()


@pytest.mark.parametrize(
    "path", ["/api/catalog/metrics", "/api/catalog/health/ready", "/api/unknown/things", "/api/catalog"]
)
def test_what_is_not_exposed_is_a_404_as_problem_json(gateway: httpx.Client, path: str) -> None:
    answer = gateway.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    problem = answer.json()
    assert problem.pop("request_id")
    assert problem == {
        "type": "/problems/not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no such resource",
        "slug": "not-found",
    }


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_the_front_ends_inside_is_not_exposed_either(gateway: httpx.Client, path: str) -> None:
    answer = gateway.get(path)
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text


def test_a_services_own_404_passes_as_it_is(gateway: httpx.Client) -> None:
    answer = gateway.get("/api/catalog/missing")
    assert (answer.status_code, answer.json()["name"]) == (404, "catalog")


def test_a_service_that_is_down_is_a_problem_json_that_may_be_tried_again(gateway: httpx.Client) -> None:
    answer = gateway.get("/api/review/criteria")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "application/problem+json")
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["detail"] == "the service does not answer at the moment, please try again"


def test_a_body_beyond_the_limit_is_refused(gateway: httpx.Client) -> None:
    answer = gateway.post("/api/catalog/solutions", content=b"x" * 5_500_000)
    assert (answer.status_code, answer.json()["slug"]) == (413, "body-too-large")
    assert answer.headers["connection"] == "close"
    assert gateway.post("/api/catalog/solutions", content=b"x" * 500_000).json()["length"] == 500_000


def test_security_headers_are_there_and_a_page_may_set_its_own_policy(gateway: httpx.Client) -> None:
    headers = gateway.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers
    assert gateway.get("/own-policy").headers["content-security-policy"] == "default-src 'self'"


def test_a_front_end_that_is_down_is_a_german_page(tmp_path: Path) -> None:
    port, nobody = free_ports(2)
    upstreams = {f"{name.upper()}_UPSTREAM": f"127.0.0.1:{nobody}" for name in (*SERVICES, "web")}
    spec = embedded.caddy(tmp_path, port=port, caddyfile=PROJECT / "deploy" / "gateway" / "Caddyfile", env=upstreams)
    with RunningServer(spec, tmp_path / "caddy.log") as server:
        answer = httpx.get(f"{server.url}/suche", timeout=20)
    assert answer.status_code == 502
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Der Marktplatz ist gerade nicht erreichbar" in answer.text
