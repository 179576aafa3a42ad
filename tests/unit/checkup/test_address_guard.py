"""The guard of addresses as the checkup uses it."""

import pytest
from checkup.adapters.address_guard import checked, checked_page
from checkup.domain.failure import CheckupFailure
from checkup.settings import CheckupSettings
from pydantic import ValidationError


async def test_a_refused_address_is_a_reason_why_a_run_fails() -> None:
    for refusing in (checked, checked_page):
        with pytest.raises(CheckupFailure) as caught:
            await refusing("https://127.0.0.1/app.git")
        assert (caught.value.kind, caught.value.transient) == ("forbidden_address", False)
        assert caught.value.reason == "Die Adresse nennt keinen öffentlichen Rechnernamen."


@pytest.mark.parametrize("setting", ["10.0.0.1:80", "git.example.org:443", "127.0.0.1:x"])
def test_only_loopback_can_be_allowed(setting: str) -> None:
    with pytest.raises(ValidationError):
        CheckupSettings(checkup_allow_local=setting)


def test_the_allow_list_refuses_to_start_in_production() -> None:
    with pytest.raises(ValidationError, match="CHECKUP_ALLOW_LOCAL is set"):
        CheckupSettings(env="production", checkup_allow_local="127.0.0.1:8123")
