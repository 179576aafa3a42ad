"""The people one can log in as while developing."""

from typing import Any

DEMO_USERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("demo-municipality", "Kim Beispiel", "Landkreis Musterland: setzt Lösungen ein, bewertet sie, fragt an", ()),
    ("demo-municipality-2", "Alex Exempel", "Stadt Beispielstadt: beantwortet Fragen anderer Kommunen", ()),
    ("demo-municipality-3", "Luca Vorlage", "Gemeinde Musterdorf", ()),
    ("demo-provider", "Robin Muster", "Musterlösungen GmbH: reicht Lösungen ein", ()),
    ("demo-reviewer", "Sascha Prüfling", "Redaktion: prüft Lösungen und Organisationen", ("reviewer", "curator")),
    ("demo-operator", "Toni Betrieb", "Betrieb: Neuaufbau, tote Nachrichten", ("operator",)),
)
IMPORTER = ("demo-importer", "Demo-Import", "", ("reviewer", "curator", "operator"))


def claims() -> list[dict[str, Any]]:
    """What the development provider knows of each of them."""
    return [
        {"sub": sub, "name": name, "email": f"{sub}@example.org", "email_verified": True, "roles": list(roles)}
        for sub, name, _what, roles in (*DEMO_USERS, IMPORTER)
    ]
