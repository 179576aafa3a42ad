"""Addresses and names come from outside: what is no address is none, and nothing can end a header line."""

import pytest
from notify.domain.contact import address, mailbox, plain_name


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        ("erika@example.org", "erika@example.org"),
        (" erika.muster+x@mail.example.org ", "erika.muster+x@mail.example.org"),
        ("erika@gemeinde-müsterlingen.example.org", "erika@xn--gemeinde-msterlingen-yec.example.org"),
        ("erika@localhost", "erika@localhost"),
    ],
)
def test_addresses_are_taken(raw: str, known: str) -> None:
    assert address(raw) == known


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "erika",
        "@example.org",
        "erika@",
        "erika@example..org",
        "erika@exam ple.org",
        "erika@example.org\nBcc: all@example.org",
        "erika\r\nBcc@example.org",
        "erika@example.org, otto@example.org",
        "<erika@example.org>",
        f"{'x' * 65}@example.org",
        f"erika@{'x' * 64}.example.org",
    ],
)
def test_anything_else_is_no_address(raw: str | None) -> None:
    assert address(raw) is None


def test_names_stay_on_one_line() -> None:
    assert plain_name("Erika\r\nBcc: all@example.org\x00") == "Erika Bcc: all@example.org"
    assert plain_name("  Erika   Muster ") == "Erika Muster"
    assert plain_name("\n\t") is plain_name(None) is None
    assert len(plain_name("x" * 500) or "") == 100


def test_a_mailbox_is_a_name_and_an_address() -> None:
    assert mailbox("Märktplatz <markt@example.org>") == ("Märktplatz", "markt@example.org")
    assert mailbox("markt@example.org") == (None, "markt@example.org")
    with pytest.raises(ValueError, match="not an e-mail address: 'Marktplatz'"):
        mailbox("Marktplatz")
