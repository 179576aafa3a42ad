"""publiccode.yml in the catalog: previews, taking over, how listing and repository stand to each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.vocabulary import Language

from web.api.caller import ApiModel, Caller
from web.api.catalog import BASE, OwnSolution


class Words(ApiModel):
    """A sentence in both languages."""

    de: str = ""
    en: str = ""

    def in_(self, language: Language) -> str:
        """The sentence in one language."""
        return self.en if language == "en" else self.de


class Violation(ApiModel):
    """What is wrong with a file; `line` counts from 1, an empty `path` means the whole file."""

    path: str = ""
    rule: str
    severity: str = "error"
    line: int | None = None
    words: Words = Words()


class Answered(ApiModel):
    """A question that a file answers, beside the listing; `present` is None where that does not."""

    question: str
    path: str = ""
    present: Any = None
    incoming: Any = None
    same: bool = False


class Preview(ApiModel):
    """What a file says."""

    valid: bool = False
    violations: list[Violation] = []
    fields: list[Answered] = []
    language: str | None = None
    left: list[str] = []
    source: str | None = None


class Drift(ApiModel):
    """The last comparison of the published version with the file in its repository."""

    checked_at: datetime | None = None
    live_version: int | None = None
    source: str | None = None
    problem: Words | None = None
    errors: int = 0
    differences: list[Answered] = []


class Missing(ApiModel):
    """What keeps a listing from being exported."""

    path: str
    question: str | None = None
    words: Words = Words()


class Standing(ApiModel):
    """How a solution and publiccode.yml stand to each other."""

    missing: list[Missing] = []
    drift: Drift | None = None


@dataclass(frozen=True)
class Publiccode:
    """Calls of the catalog's part for publiccode.yml; every one may raise ApiProblem."""

    call: Caller

    async def preview(self, solution_id: str | None, *, content: bytes | None = None, url: str = "") -> Preview:
        """What a file or a repository says, beside a solution or for a new one."""
        path = f"{BASE}/solutions/{solution_id}/publiccode" if solution_id else f"{BASE}/publiccode/preview"
        if content is not None:
            return (await self.call.upload(path, "publiccode.yml", content)).as_model(Preview)
        return (await self.call.post(path, {"url": url})).as_model(Preview)

    async def take_over(self, solution_id: str, answers: dict[str, Any], version: int) -> OwnSolution:
        """Keep answers of a file in the draft."""
        path = f"{BASE}/solutions/{solution_id}/publiccode/take-over"
        return (await self.call.post(path, {"answers": answers}, version=version)).as_model(OwnSolution)

    async def standing(self, solution_id: str) -> Standing:
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/publiccode")).as_model(Standing)

    async def compare(self, solution_id: str) -> Drift:
        """Compare with the repository now."""
        return (await self.call.post(f"{BASE}/solutions/{solution_id}/publiccode/drift")).as_model(Drift)
