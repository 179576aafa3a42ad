"""`python -m servicekit.testing.smtp_sink`: takes every mail, keeps it as a file, shows it on a page and as JSON."""

import argparse
import asyncio
import html
import itertools
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

_PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}
td,th{{text-align:left;padding:.4rem;border-bottom:1px solid #ccc;vertical-align:top}}
.fest{{white-space:nowrap}}
pre{{white-space:pre-wrap;background:#f4f4f4;padding:1rem}}</style></head><body>{body}</body></html>"""


class Mailbox:
    """Mails as `.eml` files in a directory, newest last; the file name is the id."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._directory.mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count()

    def add(self, raw: bytes) -> None:
        """Keep one mail; complete or not there at all."""
        name = f"{time.time_ns():020d}-{next(self._numbers):04d}"
        fresh = self._directory / f"{name}.new"
        fresh.write_bytes(raw)
        fresh.rename(self._directory / f"{name}.eml")

    def ids(self) -> list[str]:
        return sorted(file.stem for file in self._directory.glob("*.eml"))

    def raw(self, mail_id: str) -> bytes | None:
        return (self._directory / f"{mail_id}.eml").read_bytes() if mail_id in self.ids() else None

    def messages(self) -> Iterator[dict[str, Any]]:
        for mail_id in self.ids():
            raw = self.raw(mail_id)
            if raw is not None:
                yield _as_json(mail_id, raw)

    def clear(self) -> None:
        for file in self._directory.glob("*.eml"):
            file.unlink(missing_ok=True)


def _as_json(mail_id: str, raw: bytes) -> dict[str, Any]:
    mail = message_from_bytes(raw, policy=policy.default)

    def body(kind: str) -> str | None:
        part = mail.get_body((kind,))
        return None if part is None else str(part.get_content()).replace("\r\n", "\n")

    return {
        "id": mail_id,
        "received_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(mail_id.partition("-")[0]) // 10**9)),
        "sender": mail["X-Envelope-From"],
        "recipients": [each.strip() for each in str(mail["X-Envelope-To"]).split(",")],
        "subject": str(mail["Subject"] or ""),
        "text": body("plain"),
        "html": body("html"),
        "headers": {name: str(value) for name, value in mail.items()},
    }


def _in_german(received_at: str) -> str:
    day, clock = received_at.removesuffix("Z").split("T")
    return f"{'.'.join(reversed(day.split('-')))}, {clock} UTC"


class Handler:
    """aiosmtpd's hook: stores the mail with its envelope in two headers."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        content = envelope.content or b""
        self._mailbox.add(head.encode() + (content if isinstance(content, bytes) else content.encode()))
        return "250 OK"


def web_app(mailbox: Mailbox) -> Starlette:
    """`/` and `/mails/{id}` for people, `/messages` (GET, DELETE) for programs."""

    async def index(request: Request) -> Response:
        rows = "".join(
            f'<tr><td class="fest">{_in_german(each["received_at"])}</td>'
            f'<td class="fest">{html.escape(", ".join(each["recipients"]))}</td>'
            f'<td><a href="/mails/{each["id"]}">{html.escape(each["subject"]) or "(ohne Betreff)"}</a></td></tr>'
            for each in reversed(list(mailbox.messages()))
        )
        table = (
            f"<table><tr><th>Eingang</th><th>An</th><th>Betreff</th></tr>{rows}</table>"
            if rows
            else "<p>Noch keine.</p>"
        )
        return HTMLResponse(_PAGE.format(title="E-Mails", body=f"<h1>E-Mails</h1>{table}"))

    async def one(request: Request) -> Response:
        raw = mailbox.raw(request.path_params["mail_id"])
        if raw is None:
            return PlainTextResponse("Diese E-Mail gibt es nicht.", 404)
        mail = _as_json(request.path_params["mail_id"], raw)
        head = "".join(
            f"<tr><th>{label}</th><td>{html.escape(value)}</td></tr>"
            for label, value in (
                ("Von", mail["headers"].get("From", "")),
                ("An", ", ".join(mail["recipients"])),
                ("Eingang", _in_german(mail["received_at"])),
            )
        )
        rich = (
            f'<h2>HTML</h2><iframe sandbox title="HTML-Fassung" style="width:100%;height:40rem;border:1px solid #ccc"'
            f' srcdoc="{html.escape(mail["html"])}"></iframe>'
            if mail["html"]
            else ""
        )
        body = f'<p><a href="/">Alle E-Mails</a></p><h1>{html.escape(mail["subject"])}</h1><table>{head}</table>'
        text = f"<pre>{html.escape(mail['text'] or '')}</pre>"
        return HTMLResponse(_PAGE.format(title=html.escape(mail["subject"]), body=body + text + rich))

    async def messages(request: Request) -> Response:
        if request.method == "DELETE":
            mailbox.clear()
            return Response(status_code=204)
        wanted = request.query_params.get("to")
        return JSONResponse([each for each in mailbox.messages() if wanted is None or wanted in each["recipients"]])

    async def ready(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/", index),
            Route("/mails/{mail_id}", one),
            Route("/messages", messages, methods=["GET", "DELETE"]),
            Route("/health/ready", ready),
        ]
    )


async def serve(host: str, smtp_port: int, http_port: int, directory: Path) -> None:
    """Run the mail server and the page until told to stop."""
    mailbox = Mailbox(directory)
    loop = asyncio.get_running_loop()
    mail_server = await loop.create_server(
        lambda: SMTP(Handler(mailbox), enable_SMTPUTF8=True, ident="Marktplatz mail sink", loop=loop), host, smtp_port
    )
    config = uvicorn.Config(web_app(mailbox), host=host, port=http_port, log_level="warning", access_log=False)
    async with mail_server:
        await uvicorn.Server(config).serve()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.host, arguments.smtp_port, arguments.http_port, arguments.directory))


if __name__ == "__main__":
    main()
