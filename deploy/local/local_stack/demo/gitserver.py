"""Serves the demonstration repositories over git's smart HTTP protocol, and demos' pages, on loopback and for reading.

`python -m local_stack.demo.gitserver --root DIR --port N` generates what is missing and serves it; then
`git clone http://127.0.0.1:N/mitfahrbank.git`.
Only repositories that lie directly under the root are served, found by name in a listing, so that no path of a request
ever reaches the file system. The protocol is described in git's `gitprotocol-http(5)`.
"""

import argparse
import contextlib
import gzip
import os
import re
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from local_stack.demo.pages import pages
from local_stack.demo.repositories import generate

LOOPBACK = "127.0.0.1"
REPOSITORY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.git")
LARGEST_REQUEST = 4 * 1024 * 1024
UPLOAD_PACK_SECONDS = 120
RAW = "-/raw/HEAD/"
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
GIT_PROTOCOL = re.compile(r"version=[012]")


def repositories(root: Path) -> dict[str, Path]:
    """The repositories that are served, by name."""
    if not root.is_dir():
        return {}
    found = (path for path in root.iterdir() if REPOSITORY_NAME.fullmatch(path.name))
    return {path.name: path for path in sorted(found) if (path / "HEAD").is_file() and not path.is_symlink()}


class GitRequest(BaseHTTPRequestHandler):
    """Answers the two requests of a fetch, a list at `/`, a note at `/<name>.git`, raw files, pages below `/demo/`."""

    root: ClassVar[Path]
    protocol_version = "HTTP/1.1"
    server_version = "demo-git"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        served = repositories(self.root)
        if url.path == "/":
            self._text("".join(f"/{name}\n" for name in served))
            return
        if page := pages().get(url.path):
            self._answer(page.content, page.kind, page.headers)
            return
        name, _, rest = url.path.removeprefix("/").partition("/")
        repository = served.get(name) or (served.get(f"{name}.git") if rest.startswith(RAW) else None)
        if repository is None:
            self.send_error(HTTPStatus.NOT_FOUND, "no such repository")
        elif not rest:
            self._text(f"git clone http://{self.headers.get('Host', LOOPBACK)}/{name}\n")
        elif rest == "info/refs" and parse_qs(url.query).get("service") == ["git-upload-pack"]:
            self._advertise(repository)
        elif rest.startswith(RAW):
            self._raw(repository, rest.removeprefix(RAW))
        else:
            self.send_error(HTTPStatus.FORBIDDEN, "only git fetch is served here")

    def do_POST(self) -> None:
        name, _, rest = urlsplit(self.path).path.removeprefix("/").partition("/")
        repository = repositories(self.root).get(name)
        if repository is None or rest != "git-upload-pack":
            self.close_connection = True
            self.send_error(HTTPStatus.FORBIDDEN, "only git fetch is served here")
            return
        try:
            body = self._body()
        except ValueError as error:
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST, str(error))
            return
        self._git(repository, "application/x-git-upload-pack-result", body=body)

    def _advertise(self, repository: Path) -> None:
        head = b"" if self._protocol() == "version=2" else b"001e# service=git-upload-pack\n0000"
        self._git(repository, "application/x-git-upload-pack-advertisement", "--advertise-refs", head=head)

    def _raw(self, repository: Path, name: str) -> None:
        """A file of the newest commit's root folder, at the address that GitLab gives it."""
        done: subprocess.CompletedProcess[bytes] | None = None
        if FILE_NAME.fullmatch(name):
            command = ["git", f"--git-dir={repository}", "cat-file", "blob", f"HEAD:{name}"]
            environment = {"PATH": os.environ.get("PATH", os.defpath), "GIT_CONFIG_NOSYSTEM": "1", "HOME": os.devnull}
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                done = subprocess.run(command, env=environment, capture_output=True, timeout=30, check=False)
        if done is None or done.returncode:
            self.send_error(HTTPStatus.NOT_FOUND, "no such file")
            return
        self._answer(done.stdout, "text/plain; charset=utf-8")

    def _git(self, repository: Path, kind: str, *options: str, head: bytes = b"", body: bytes = b"") -> None:
        command = ["git", "upload-pack", "--strict", "--stateless-rpc", *options, str(repository)]
        environment = {"PATH": os.environ.get("PATH", os.defpath), "GIT_CONFIG_NOSYSTEM": "1", "HOME": os.devnull}
        environment["GIT_PROTOCOL"] = self._protocol()
        try:
            done = subprocess.run(
                command, input=body, env=environment, capture_output=True, timeout=UPLOAD_PACK_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, f"git did not answer: {type(error).__name__}")
            return
        if done.returncode and not done.stdout:
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, "git refused the request")
            return
        self._answer(head + done.stdout, kind)

    def _body(self) -> bytes:
        """The request body, whether its length is given or it comes in chunks, and unpacked."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            raw = self._chunks()
        else:
            length = int(self.headers.get("Content-Length", "0"))
            if not 0 <= length <= LARGEST_REQUEST:
                raise ValueError("request too large")
            raw = self.rfile.read(length)
        if self.headers.get("Content-Encoding") != "gzip":
            return raw
        try:
            unpacked = zlib.decompressobj(wbits=31).decompress(raw, LARGEST_REQUEST)
        except (zlib.error, gzip.BadGzipFile) as error:
            raise ValueError("not gzip") from error
        return unpacked

    def _chunks(self) -> bytes:
        parts = bytearray()
        while size := int(self.rfile.readline(20).split(b";")[0].strip() or b"0", 16):
            if size < 0 or len(parts) + size > LARGEST_REQUEST:
                raise ValueError("request too large")
            parts += self.rfile.read(size)
            self.rfile.readline(4)
        self.rfile.readline(4)
        return bytes(parts)

    def _protocol(self) -> str:
        asked = self.headers.get("Git-Protocol", "")
        return asked if GIT_PROTOCOL.fullmatch(asked) else "version=0"

    def _text(self, text: str) -> None:
        self._answer(text.encode(), "text/plain; charset=utf-8")

    def _answer(self, content: bytes, kind: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given by the library
        print(f"{self.command or '-'} {self.path if hasattr(self, 'path') else '-'} {args[1] if args[1:] else ''}")


def create_server(root: Path, port: int) -> ThreadingHTTPServer:
    """A server bound to loopback; port 0 takes a free one (`server.server_port`)."""
    handler = type("Handler", (GitRequest,), {"root": root})
    server = ThreadingHTTPServer((LOOPBACK, port), handler)
    server.daemon_threads = True
    return server


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Generate the demonstration repositories and serve them for reading.")
    parser.add_argument("--root", type=Path, required=True, help="folder with bare repositories")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--serve-only", action="store_true", help="do not generate repositories")
    options = parser.parse_args(arguments)
    for repository in () if options.serve_only else generate(options.root):
        if repository.skipped:
            print(f"{repository.name}.git is not there: {repository.skipped}", file=sys.stderr)
    try:
        server = create_server(options.root, options.port)
    except OSError as error:
        print(f"cannot listen on {LOOPBACK}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"serving {', '.join(repositories(options.root)) or 'nothing yet'} on http://{LOOPBACK}:{server.server_port}")
    sys.stdout.flush()
    with contextlib.closing(server.socket):
        server.serve_forever(poll_interval=0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
