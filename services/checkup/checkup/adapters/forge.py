"""Observes a repository on its forge during a run: reaction to issues (C6), or the reason why nobody could look."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from servicekit import logging
from servicekit.clock import Clock

from checkup.adapters import forge_issues
from checkup.adapters.address_guard import Origin
from checkup.adapters.forge_client import ForgeClient, ForgeFailure
from checkup.adapters.forge_issues import Dialect, Told
from checkup.domain import issues, measurement
from checkup.domain.failure import CheckupFailure
from checkup.domain.measurement import Measurement, Observations, not_applicable, not_available
from checkup.domain.run import Run

log = logging.get(__name__)
UNKNOWN_HOST = (forge_issues.FORGEJO, forge_issues.GITLAB, forge_issues.GITHUB_ENTERPRISE)
KNOWN: Mapping[str, Dialect] = {
    "github.com": forge_issues.GITHUB,
    "codeberg.org": forge_issues.FORGEJO,
    "gitlab.com": forge_issues.GITLAB,
    "gitlab.opencode.de": forge_issues.GITLAB,
}
API_HOST = {"github.com": "api.github.com"}
NONSENSE = (KeyError, TypeError, ValueError, AttributeError, IndexError)  # of answers in no known form
OTHER_FORGE = ("status:404", "status:405", "status:406", "not JSON")


class Forge:
    """Asks the forge of a repository; needs no token, and sends one only to the host it is given for."""

    def __init__(self, *, seconds: float, tokens: Mapping[str, str], allowed: frozenset[Origin], clock: Clock) -> None:
        self._seconds, self._tokens, self._allowed, self._clock = seconds, tokens, allowed, clock

    async def observe(self, run: Run) -> Observations:
        """C6 with its time; never raises, because a silent forge must not cost the run."""
        found = await self._reaction(run) if run.repository_url else not_available("C6", "Kein Repository angegeben.")
        return Observations((replace(found, origin=measurement.Origin.FORGE, observed_at=self._clock.now()),))

    async def _reaction(self, run: Run) -> Measurement:
        split = urlsplit(run.repository_url or "")
        host = (split.hostname or "").lower()
        repository = split.path.strip("/").removesuffix(".git")
        if repository.count("/") < 1:
            return not_available("C6", "Die Adresse nennt kein Repository einer bekannten Plattform.")
        try:
            async with asyncio.timeout(self._seconds):
                told = await self._ask(host, split.scheme, split.netloc, repository, run)
        except (ForgeFailure, CheckupFailure, TimeoutError, *NONSENSE) as error:
            log.info("forge not read", run_id=run.id, host=host, error=str(error)[:200] or type(error).__name__)
            return self._unread(error)
        return issues.measure(told.issues, as_of=run.as_of, until=told.until, host=host)

    def _unread(self, error: Exception) -> Measurement:
        if isinstance(error, ForgeFailure) and error.kind == "status:410":
            return not_applicable("C6", "Das Projekt nimmt auf seiner Plattform keine Meldungen an.")
        if isinstance(error, ForgeFailure | CheckupFailure):
            return not_available("C6", error.reason)
        if isinstance(error, TimeoutError):
            return not_available("C6", f"Die Plattform hat nicht in {self._seconds:.0f} Sekunden geantwortet.")
        return not_available("C6", "Die Antwort der Plattform war nicht zu verstehen.")

    async def _ask(self, host: str, scheme: str, netloc: str, repository: str, run: Run) -> Told:
        """Ask in the dialect of the host; of an unknown one in each until one is understood."""
        base = f"{scheme}://{API_HOST.get(host, netloc)}"
        token = self._tokens.get(host)
        dialects = (KNOWN[host],) if host in KNOWN else UNKNOWN_HOST
        client = ForgeClient(base, {"Authorization": f"Bearer {token}"} if token else {}, self._allowed)
        for dialect in dialects[:-1]:
            try:
                return await dialect.issues(client, repository, run.as_of)
            except ForgeFailure as failure:
                if failure.kind not in OTHER_FORGE:
                    raise
        return await dialects[-1].issues(client, repository, run.as_of)
