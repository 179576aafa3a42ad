"""Texts from Jinja templates: German in `templates/<kind>/{subject.txt,body.txt,body.html}` inside one layout.

English ones, for the inbox only, are in `templates/en/<kind>/{subject.txt,body.txt}`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, UndefinedError, select_autoescape
from markupsafe import Markup
from servicekit.templates import KeptTemplates

from notify.adapters import phrases
from notify.application.ports import Letter, Texts
from notify.domain.message import Kind, Message

SETTINGS_PATH = "/einstellungen"
TITLE_LENGTH = 200


class JinjaTemplates:
    """Everything in `.html` is escaped; a fact that is missing is an error, not an empty place."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._jinja = Environment(
            loader=KeptTemplates(PackageLoader("notify")),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters["decimal"] = _decimal
        self._jinja.filters["point"] = _point
        self._jinja.globals["public_url"] = public_url

    def inbox(self, kind: Kind, facts: Mapping[str, Any]) -> Texts:
        """Render what the inbox shows, in German."""
        return self._texts(kind.value, facts)

    def in_english(self, message: Message) -> Message:
        """Return a message with English texts; an old one that lacks a fact they need stays German."""
        known = phrases.load()
        try:
            texts = self._texts(f"en/{message.kind.value}", known.of_facts(message.facts))
        except UndefinedError:
            return message
        return replace(message, title=texts.title, text=texts.text, reason=known.english(message.reason))

    def _texts(self, folder: str, facts: Mapping[str, Any]) -> Texts:
        title = " ".join(self._jinja.get_template(f"{folder}/subject.txt").render(facts).split())
        body = self._jinja.get_template(f"{folder}/body.txt").render(facts)
        return Texts(title[:TITLE_LENGTH], body.strip())

    def letter(self, message: Message, *, name: str | None, unsubscribe_url: str | None) -> Letter:
        """Render the e-mail: the text, why it was sent, and how to stop it."""
        frame = {
            "subject": message.title,
            "name": name,
            "url": f"{self._public_url}{message.link}",
            "action": message.action,
            "reason": message.reason,
            "settings_url": f"{self._public_url}{SETTINGS_PATH}",
            "unsubscribe_url": unsubscribe_url,
            "guest": message.recipient.kind == "address",
        }
        rich = Markup(self._template(message.kind, "body.html").render(message.facts))  # noqa: S704 - rendered escaped
        return Letter(
            subject=message.title,
            text=self._jinja.get_template("layout.txt").render(frame, body=message.text),
            html=self._jinja.get_template("layout.html").render(frame, body=rich),
            unsubscribe_url=unsubscribe_url,
        )

    def page(self, name: str, **values: Any) -> str:
        """Render a page of the API that people see in a browser."""
        return self._jinja.get_template(f"pages/{name}.html").render(values)

    def _template(self, kind: Kind, part: str) -> Template:
        return self._jinja.get_template(f"{kind.value}/{part}")


def _decimal(value: float | None) -> str:
    return _point(value).replace(".", ",")


def _point(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
