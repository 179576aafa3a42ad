"""Observes a repository on its forge during a run: reaction to issues (C6), or the reason why nobody could look."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from servicekit import logging
from servicekit.addresses import Origin
from servicekit.clock import Clock

from checkup.adapters import forge_issues
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
        return await self.look(run.repository_url or "", run.as_of)

    async def look(self, repository_url: str, as_of: datetime) -> Observations:
        """The same for an address without a run."""
        found = await self._reaction(repository_url, as_of)
        return Observations((replace(found, origin=measurement.Origin.FORGE, observed_at=self._clock.now()),))

    async def _reaction(self, repository_url: str, as_of: datetime) -> Measurement:
        try:
            split = urlsplit(repository_url)
            host = (split.hostname or "").lower()
            repository = split.path.strip("/").removesuffix(".git")
            if "/" not in repository:
                return not_available("C6", "Die Adresse nennt kein Repository einer bekannten Plattform.")
            async with asyncio.timeout(self._seconds):
                told = await self._ask(host, f"{split.scheme}://{API_HOST.get(host, split.netloc)}", repository, as_of)
        except (ForgeFailure, CheckupFailure, TimeoutError, *NONSENSE) as error:
            log.info("forge not read", error=str(error)[:200] or type(error).__name__)
            return self._unread(error)
        return issues.measure(told.issues, as_of=as_of, until=told.until, host=host)

    def _unread(self, error: Exception) -> Measurement:
        if isinstance(error, ForgeFailure) and error.kind == "status:410":
            return not_applicable("C6", "Das Projekt nimmt auf seiner Plattform keine Meldungen an.")
        if isinstance(error, ForgeFailure | CheckupFailure):
            return not_available("C6", error.reason)
        if isinstance(error, TimeoutError):
            return not_available("C6", f"Die Plattform hat nicht in {self._seconds:.0f} Sekunden geantwortet.")
        return not_available("C6", "Die Antwort der Plattform war nicht zu verstehen.")

    async def _ask(self, host: str, base: str, repository: str, as_of: datetime) -> Told:
        """Ask in the dialect of the host; of an unknown one in each until one is understood."""
        token = self._tokens.get(host)
        dialects = (KNOWN[host],) if host in KNOWN else UNKNOWN_HOST
        client = ForgeClient(base, {"Authorization": f"Bearer {token}"} if token else {}, self._allowed)
        for dialect in dialects[:-1]:
            try:
                return await dialect.issues(client, repository, as_of)
            except ForgeFailure as failure:
                if failure.kind not in OTHER_FORGE:
                    raise
        return await dialects[-1].issues(client, repository, as_of)
