"""The guard of addresses, with refusals as reasons why a run cannot be carried out."""

from servicekit import addresses
from servicekit.addresses import AddressRefused, Origin, Target

from checkup.domain.failure import CheckupFailure


async def checked(url: str, allowed: frozenset[Origin] = frozenset()) -> Target:
    """Return what may be fetched, resolved once. Raises CheckupFailure with the reason in words."""
    try:
        return await addresses.checked(url, allowed)
    except AddressRefused as refused:
        raise _failure(refused) from refused


async def checked_page(url: str, allowed: frozenset[Origin] = frozenset()) -> Target:
    """The same for the address of a page, which may have a query. Raises CheckupFailure."""
    try:
        return await addresses.checked_page(url, allowed)
    except AddressRefused as refused:
        raise _failure(refused) from refused


def _failure(refused: AddressRefused) -> CheckupFailure:
    return CheckupFailure(refused.kind, refused.reason, refused.detail, transient=refused.transient)
