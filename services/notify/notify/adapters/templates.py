"""German texts from Jinja templates: `templates/<kind>/{subject.txt,body.txt,body.html}` inside one layout."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

from notify.application.ports import Letter, Texts
from notify.domain.message import Kind, Message

SETTINGS_PATH = "/einstellungen"
TITLE_LENGTH = 200


class JinjaTemplates:
    """Everything in `.html` is escaped; a fact that is missing is an error, not an empty place."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._jinja = Environment(
            loader=PackageLoader("notify"),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters["decimal"] = _decimal
        self._jinja.globals["public_url"] = public_url

    def inbox(self, kind: Kind, facts: Mapping[str, Any]) -> Texts:
        """Render what the inbox shows."""
        title = " ".join(self._template(kind, "subject.txt").render(facts).split())
        return Texts(title[:TITLE_LENGTH], self._template(kind, "body.txt").render(facts).strip())

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
    return "–" if value is None else f"{value:.1f}".replace(".", ",")
