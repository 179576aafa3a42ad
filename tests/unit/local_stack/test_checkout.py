"""What is kept below `.local/`."""

import stat
from pathlib import Path

from local_stack.checkout import Checkout, load_secrets, read_json, write_json


def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path, tmp_path / ".local")


def test_the_directory_can_be_elsewhere(tmp_path: Path) -> None:
    assert Checkout.here({"MARKTPLATZ_LOCAL_DIR": str(tmp_path)}).directory == tmp_path
    assert Checkout.here({}).directory.name == ".local"


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    first = load_secrets(checkout(tmp_path), ["operator", "catalog"])
    assert load_secrets(checkout(tmp_path), ["operator", "catalog"]) == first
    assert len({*first.nats.values(), first.session, first.notify}) == 4
    assert stat.S_IMODE(checkout(tmp_path).secrets_file.stat().st_mode) == 0o600


def test_a_new_user_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    before = load_secrets(checkout(tmp_path), ["operator"])
    after = load_secrets(checkout(tmp_path), ["operator", "partner"])
    assert after.nats["operator"] == before.nats["operator"]
    assert after.nats["partner"]


def test_a_damaged_file_reads_as_empty(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text('{"ports": {')
    assert read_json(file) == {}
    write_json(file, {"ports": {"gateway": 8080}})
    assert read_json(file) == {"ports": {"gateway": 8080}}
    assert list(tmp_path.iterdir()) == [file]
