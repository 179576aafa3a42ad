"""Demo sites on loopback, honest and hostile ones."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from checkup.adapters.address_guard import Origin

from .conftest import serving

HTML = "text/html; charset=utf-8"
START = """<!doctype html><html><head><title>Dorfportal</title></head><body><main><h1>Dorfportal</h1>
<img src="/logo.png" id="wappen"><p style="color:#bbb;background:#fff">kaum zu lesen</p>
<a href="/termine">Termine</a> <a href="/handbuch.pdf">Handbuch</a> <a href="/datenschutz">Datenschutz</a>
<a href="https://elsewhere.example.org/">Woanders</a></main></body></html>"""
GOOD = """<!doctype html><html lang="de"><head><title>{0}</title></head><body><main><h1>{0}</h1><p>Alles gut.</p>
<label>Name <input name="name"></label></main></body></html>"""
PAGE = (
    '<!doctype html><html lang="de"><head><title>Seite</title></head><body><main><h1>Seite</h1>{}</main></body></html>'
)


class Site(BaseHTTPRequestHandler):
    """`pages` by path; a page is a text, or a function that answers by itself."""

    pages: dict[str, str | Callable[["Site"], None]]
    hits: list[str]
    released: threading.Event

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.hits.append(path)
        page = self.pages.get(path)
        if page is None:
            self.send_error(404)
        elif callable(page):
            page(self)
        else:
            self.answer(page.encode())

    def answer(self, body: bytes, kind: str = HTML, **headers: str) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def moved(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def silent(self) -> None:
        self.released.wait(60)

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", HTML)
        self.end_headers()
        try:
            self.wfile.write(PAGE.format("").encode())
            while not self.released.is_set():
                self.wfile.write(b"<!-- " + b"x" * 100_000 + b" -->")
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given by the library
        pass


@contextmanager
def site(**pages: str | Callable[[Site], None]) -> Iterator[tuple[str, type[Site]]]:
    """A site with these pages; `start` is at `/`."""
    served = {f"/{'' if name == 'start' else name}": page for name, page in pages.items()}
    handler = type("Handler", (Site,), {"pages": served, "hits": [], "released": threading.Event()})
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as url:
        try:
            yield url, handler
        finally:
            handler.released.set()


def origins(*urls: str) -> frozenset[Origin]:
    return frozenset(Origin("127.0.0.1", int(url.rpartition(":")[2])) for url in urls)
