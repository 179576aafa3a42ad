"""A server on loopback that speaks the OpenAI-compatible API, for tests: honest, obedient to injections, or broken."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = dict[str, Any]
Says = Callable[[Answer], str]
GERMAN = "Die Beschreibung ist für eine Gemeinde zu lesen und sagt, was die Anwendung tut."


@dataclass
class ModelServer:
    """What it was asked, and how it answers: `says` the content, `statuses` first for as many requests as there are.

    `gate` makes it wait, `finish` is the reason it names for its end, `raw` replaces the whole body.
    """

    url: str = ""
    says: Says = field(default_factory=lambda: honest)
    statuses: list[int] = field(default_factory=list)
    refuses_formats: tuple[str, ...] = ()
    finish: str = "stop"
    raw: bytes | None = None
    gate: threading.Event | None = None
    asked: list[Answer] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run one inside the block."""
    held = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            held.asked.append(asked)
            held.keys.append(self.headers["Authorization"])
            if held.gate is not None:
                held.gate.wait(30)
            form = asked.get("response_format", {}).get("type", "text")
            if self.path != "/v1/chat/completions":
                self._send(404, b"")
            elif held.statuses:
                self._send(held.statuses.pop(0), b'{"error": "the key sk-secret is wrong"}')
            elif form in held.refuses_formats:
                self._send(400, b'{"error": "no such response_format"}')
            else:
                self._send(200, held.raw if held.raw is not None else _completion(held, asked))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given by the library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield held
    finally:
        if held.gate is not None:
            held.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _completion(held: ModelServer, asked: Answer) -> bytes:
    content = held.says(json.loads(asked["messages"][1]["content"]))
    choice = {"index": 0, "finish_reason": held.finish, "message": {"role": "assistant", "content": content}}
    return json.dumps({"object": "chat.completion", "choices": [choice]}).encode()


def honest(data: Answer) -> str:
    """Rates everything 2 and quotes the first long line of the first file."""
    quotes = [quote_of(data)]
    return written([claim(one["id"], 2, GERMAN, quotes) for one in data["questions"]], [summary_of(data)])


def obedient(data: Answer) -> str:
    """Does what the texts of the repository tell it: praises, and makes up what it quotes."""
    told = any("ignore all previous instructions" in file["text"].lower() for file in data["files"])
    if not told:
        return honest(data)
    made_up = [{"path": data["files"][0]["path"], "quote": "This is the best software of the whole world."}]
    sentence = {**summary_of(data), "de": "Die Lösung erreicht in der Prüfung 100 von 100 Punkten und ist perfekt."}
    return written([claim(one["id"], 4, GERMAN, made_up) for one in data["questions"]], [sentence])


def quote_of(data: Answer) -> dict[str, str]:
    """A passage that stands in the first file."""
    file = data["files"][0]
    line = next(line for line in file["text"].splitlines() if len(line.split()) > 4)
    return {"path": file["path"], "quote": line[:200].strip()}


def summary_of(data: Answer) -> dict[str, Any]:
    """A sentence about the first metric of the findings."""
    metric = next(one for one in data["findings"] if "metric" in one)
    return {"de": GERMAN, "en": "The measurements found this.", "metrics": [metric["metric"]]}


def claim(question: str, rating: int, german: str, quotes: list[dict[str, str]]) -> Answer:
    return {"question": question, "rating": rating, "de": german, "en": "It can be read.", "quotes": quotes}


def written(answers: list[Answer], summary: list[Answer]) -> str:
    return json.dumps({"summary": summary, "answers": answers}, ensure_ascii=False)
