"""Why a run could not be carried out, in words a provider understands, and whether trying again may help."""

from typing import Literal

FailureKind = Literal[
    "invalid_address",
    "forbidden_address",
    "not_found",
    "private",
    "moved",
    "empty",
    "no_default_branch",
    "too_large",
    "timeout",
    "unreachable",
    "damaged",
    "analysis_failed",
    "analysis_timeout",
    "interrupted",
    "not_isolated",
]


class CheckupFailure(Exception):
    """A repository cannot be fetched or analysed.

    `reason` is a German sentence for the provider, `detail` an English one for logs and the API; both free of
    addresses of the inner network. `transient` means that the same attempt may succeed later.
    """

    def __init__(self, kind: FailureKind, reason: str, detail: str, *, transient: bool = False) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: FailureKind = kind
        self.reason = reason
        self.detail = detail
        self.transient = transient
