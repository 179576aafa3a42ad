"""The catalog service: organisations, solutions with their drafts, ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

import httpx
from contracts.profile.questionnaire import Question, Questionnaire
from pydantic import Field

from web.api.caller import ApiModel, Caller

BASE = "/api/catalog"
UPLOAD_SECONDS = 60.0
RATINGS_AT_ONCE = 20
"""The catalog decodes an upload before it answers."""
WEAK_GRADE = 2
MOST_HELPFUL = 8


class Media(ApiModel):
    """A picture or a document of a listing; `/medien/<id>` has its bytes, for those who may see it."""

    id: str
    kind: str
    media_type: str = ""
    alt: str = ""
    caption: str | None = None
    size: int = 0
    width: int | None = None
    height: int | None = None
    pages: int | None = None


class Listing(ApiModel):
    """A listing as it is shown; enumerations stay plain strings so that new values break no page."""

    name: str = ""
    aliases: list[str] = []
    summary: str = ""
    description: str = ""
    features: list[str] = []
    kind: str | None = None
    offer_form: str | None = None
    fields_of_action: list[str] = []
    use_cases: list[str] = []
    target_groups: list[str] = []
    operator_name: str | None = None
    operating_models: list[str] = []
    operating_note: str | None = None
    licence: str | None = None
    price_model: str | None = None
    price_note: str | None = None
    languages: list[str] = []
    interfaces: list[str] = []
    integrations: list[str] = []
    tech_stack: list[str] = []
    repository_url: str | None = None
    demo_url: str | None = None
    documentation_url: str | None = None
    website_url: str | None = None
    it_security: list[str] = []
    it_security_note: str | None = None
    data_processing_agreement: bool | None = None
    hosting_location: str | None = None
    data_protection_note: str | None = None
    accessibility_level: str | None = None
    accessibility_statement_url: str | None = None
    bundesland: str | None = None
    region: str | None = None
    used_by: list[str] = []
    deployment_status: str | None = None
    usage_note: str | None = None
    information_material_urls: list[str] = []
    support_url: str | None = None
    media: list[Media] = []
    answers: dict[str, Any] = {}

    @property
    def makes_publiccode(self) -> bool:
        """True when it answers everything that a publiccode.yml must say; the catalog judges the answers themselves."""
        asked = ("platforms", "development_status", "software_type", "maintenance_type")
        answered = all(self.answers.get(question) for question in asked)
        open_source = self.licence not in (None, "", "proprietary", "LicenseRef-open-source")
        return bool(answered and open_source and self.repository_url and self.features and self.description)


class Membership(ApiModel):
    """Who somebody is in an organisation."""

    organisation_id: str
    organisation_name: str = ""
    kinds: list[str] = []
    role: str = "member"
    active: bool = True


class Me(ApiModel):
    """The logged-in user as the catalog knows them."""

    sub: str
    name: str | None = None
    roles: list[str] = []
    memberships: list[Membership] = []


class Member(ApiModel):
    """One member of an organisation, as its members and the team see it."""

    user: str
    role: str = "member"


class ProofFile(ApiModel):
    """An uploaded proof of mandate; `size` in bytes."""

    kind: str = "document"
    size: int = 0


class Proof(ApiModel):
    """A proof of mandate, as those who decide and who gave it see it."""

    statement: str | None = None
    file: ProofFile | None = None
    given_at: datetime | None = None
    erase_at: datetime | None = None
    erased_at: datetime | None = None


class Alike(ApiModel):
    """Another organisation with the same regional key."""

    id: str
    name: str
    state: str


class RegionalKey(ApiModel):
    """A regional key and who else has it."""

    ars: str
    held_by: list[Alike] = []


class Organisation(ApiModel):
    """A provider, a municipality, or both."""

    id: str
    name: str
    kinds: list[str] = []
    state: str
    bundesland: str | None = None
    size_class: str | None = None
    ars: str | None = None
    website_url: str | None = None
    description: str | None = None
    note: str | None = None
    reason: str | None = None
    proof: Proof | None = None
    same_ars: list[Alike] | None = None
    ars_reason: str | None = None
    members: list[Member] | None = None
    version: int = 0
    created_at: datetime | None = None


class Finding(ApiModel):
    """What a reviewer found on one criterion."""

    criterion: str
    title: str | None = None
    result: str | int | None = None
    grade: int | None = None
    finding: str | None = None

    @property
    def points(self) -> int | None:
        """The grade of a quality criterion, 5 is best; the review keeps it in `result`, events in `grade`."""
        return self.result if isinstance(self.result, int) else self.grade

    @property
    def asks_for_work(self) -> bool:
        """True when the provider has something to improve: no pass, or a grade of 1 or 2."""
        return self.points <= WEAK_GRADE if self.points is not None else self.result not in (None, "pass")


class Working(ApiModel):
    """The newest version of a solution and where it stands."""

    number: int
    state: str
    listing: Listing
    round: int = 0
    message: str | None = None
    findings: list[Finding] = []
    submitted_at: datetime | None = None
    decided_at: datetime | None = None


class Mark(ApiModel):
    """When and why a solution was taken offline."""

    at: datetime
    note: str | None = None


class RatingSummary(ApiModel):
    """How a solution was rated on the whole; `average` is None below three ratings."""

    count: int = 0
    average: float | None = None
    dimensions: dict[str, float | None] = {}
    distribution: dict[str, int] = {}


class Missing(ApiModel):
    """A question of the profile without an answer."""

    question: str
    weight: int = 0
    required: bool = False


class SectionCompleteness(ApiModel):
    """How much of one section of the profile is answered, in per cent."""

    id: str
    percent: int = 0
    missing: list[Missing] = []


class Completeness(ApiModel):
    """How much of the profile is answered, in per cent."""

    percent: int = 0
    sections: list[SectionCompleteness] = []

    @property
    def required(self) -> list[str]:
        """The questions that need an answer before the listing can be submitted."""
        return [each.question for section in self.sections for each in section.missing if each.required]

    def of(self, section_id: str) -> float | None:
        """The share of a section that is answered, 0 to 1; None when nothing is known of it."""
        return next((each.percent / 100 for each in self.sections if each.id == section_id), None)

    def helpful(self, profile: Questionnaire) -> list[Question]:
        """The missing answers that would help most, at most eight."""
        missing = [each for section in self.sections for each in section.missing if not each.required]
        ordered = sorted(missing, key=lambda each: -each.weight)
        return [profile.by_id[each.question] for each in ordered if each.question in profile.by_id][:MOST_HELPFUL]


class Term(ApiModel):
    """What the newest version states to hold through the day `until`: valid, in its last 60 days, or passed."""

    kind: str
    certificate: str | None = None
    number: str | None = None
    until: date
    state: str = "valid"


class OwnSolution(ApiModel):
    """A solution as its provider and the team see it."""

    id: str
    slug: str
    organisation_id: str
    organisation_name: str = ""
    state: str
    live_version: int | None = None
    working: Working
    completeness: Completeness | None = None
    withdrawn: Mark | None = None
    suspended: Mark | None = None
    expired: Mark | None = None
    confirmed_until: date | None = None
    back_until: date | None = None
    terms: list[Term] = []
    version: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None
    published_at: datetime | None = None


class PublicSolution(ApiModel):
    """A published solution as everybody sees it."""

    id: str
    slug: str
    organisation_id: str = ""
    organisation_name: str = ""
    listing: Listing
    version: int = 0
    published_at: datetime | None = None
    first_published_at: datetime | None = None
    ratings: RatingSummary = RatingSummary()


class Reply(ApiModel):
    """The provider's answer to a rating."""

    text: str
    revision: int = 1
    """Which revision of the rating it answers."""
    at: datetime | None = None


class Hidden(ApiModel):
    """Why the team took a rating out of sight; only the team sees such ratings."""

    reason: str
    at: datetime | None = None


class Rating(ApiModel):
    """One municipality's rating, visible to registered users."""

    organisation_id: str
    organisation_name: str = ""
    size_class: str | None = None
    overall: int
    dimensions: dict[str, int | None] = {}
    report: str | None = None
    bundesland: str | None = None
    used_since: str | None = None
    used_version: str | None = None
    deployment: str | None = None
    """What became of the use that it stands on: confirmed, outdated, ended or none."""
    revision: int = 1
    rated_at: datetime | None = None
    reply: Reply | None = None
    hidden: Hidden | None = None


class Method(ApiModel):
    """How the score is made."""

    version: str = ""
    least_ratings: int = 3
    half_life_months: int = 24


class Like(ApiModel):
    """The ratings of municipalities of one size, and perhaps one federal state."""

    size_class: str
    bundesland: str | None = None
    summary: RatingSummary = RatingSummary()


class Ratings(ApiModel):
    """Summary for everybody; items, a page of them, only for registered users."""

    summary: RatingSummary = RatingSummary()
    method: Method = Method()
    like: Like | None = None
    items: list[Rating] = []
    next_cursor: str | None = None


class OrganisationPage(ApiModel):
    """One page of organisations."""

    items: list[Organisation] = []
    next_cursor: str | None = None


class OnboardingTerms(ApiModel):
    """What becomes of the proof of mandate; None where the catalog did not say."""

    proof_days: float | None = None
    proof_max_bytes: int | None = None


class OwnSolutionPage(ApiModel):
    """One page of solutions of an own organisation."""

    items: list[OwnSolution] = Field(default_factory=list)
    next_cursor: str | None = None


@dataclass(frozen=True)
class Catalog:
    """Calls of the catalog service; every one may raise ApiProblem."""

    call: Caller

    async def me(self) -> Me:
        return (await self.call.get(f"{BASE}/me")).as_model(Me)

    async def organisations(
        self, *, state: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> OrganisationPage:
        """Own organisations; all of them for the team."""
        query = {"state": state, "cursor": cursor, "limit": limit}
        return (await self.call.get(f"{BASE}/organisations", query)).as_model(OrganisationPage)

    async def onboarding_terms(self) -> OnboardingTerms:
        return (await self.call.get(f"{BASE}/onboarding")).as_model(OnboardingTerms)

    async def request_organisation(self, body: dict[str, Any], key: str) -> Organisation:
        return (await self.call.post(f"{BASE}/organisations", body, key=key)).as_model(Organisation)

    async def organisation(self, organisation_id: str) -> Organisation:
        return (await self.call.get(f"{BASE}/organisations/{organisation_id}")).as_model(Organisation)

    async def request_again(self, organisation_id: str, body: dict[str, Any], key: str) -> None:
        """Ask for onboarding once more after a refusal."""
        await self.call.post(f"{BASE}/organisations/{organisation_id}/resubmit", body, key=key)

    async def edit_organisation(self, organisation_id: str, body: dict[str, Any], version: int) -> None:
        """Say something else about an organisation, unless somebody else has since `version`."""
        await self.call.put(f"{BASE}/organisations/{organisation_id}", body, version=version)

    async def give_proof(self, organisation_id: str, file: BinaryIO) -> None:
        """Send a file as proof of mandate."""
        await self.call.upload_file(f"{BASE}/organisations/{organisation_id}/proof", file, {}, seconds=UPLOAD_SECONDS)

    async def proof(self, organisation_id: str) -> httpx.Response:
        """Begin to read the file; whoever reads it closes it."""
        return await self.call.open(f"{BASE}/organisations/{organisation_id}/proof")

    async def regional_key(self, organisation_id: str, ars: str) -> RegionalKey:
        """Who has a regional key beside the organisation, for curators."""
        path = f"{BASE}/organisations/{organisation_id}/ars"
        return (await self.call.get(path, {"ars": ars})).as_model(RegionalKey)

    async def correct_key(self, organisation_id: str, ars: str | None, reason: str, *, alike: Sequence[str]) -> None:
        """Give an organisation another regional key; `alike` are the others with it that were looked at."""
        body = {"ars": ars, "reason": reason, "shares_ars_with": list(alike)}
        await self.call.put(f"{BASE}/organisations/{organisation_id}/ars", body)

    async def decide_organisation(
        self, organisation_id: str, verdict: str, key: str, *, reason: str | None = None, alike: Sequence[str] = ()
    ) -> None:
        """`verdict` is approve, refuse or suspend; the last two need a reason.

        `alike` are the organisations with the same regional key that were looked at before an approval.
        """
        body = {"reason": reason} if reason else {"shares_ars_with": list(alike)} if alike else None
        await self.call.post(f"{BASE}/organisations/{organisation_id}/{verdict}", body, key=key)

    async def add_member(self, organisation_id: str, body: dict[str, Any], key: str) -> None:
        await self.call.post(f"{BASE}/organisations/{organisation_id}/members", body, key=key)

    async def remove_member(self, organisation_id: str, user: str) -> None:
        await self.call.delete(f"{BASE}/organisations/{organisation_id}/members/{user}")

    async def solution(self, id_or_slug: str) -> PublicSolution:
        """The published version; 404 when there is none."""
        return (await self.call.get(f"{BASE}/solutions/{id_or_slug}")).as_model(PublicSolution)

    async def own_solutions(self, organisation_id: str, cursor: str | None = None) -> OwnSolutionPage:
        query = {"organisation_id": organisation_id, "cursor": cursor, "limit": 50}
        return (await self.call.get(f"{BASE}/solutions", query)).as_model(OwnSolutionPage)

    async def working(self, solution_id: str) -> OwnSolution:
        """The newest version with its state, for owners and the team."""
        return (await self.call.get(f"{BASE}/solutions/{solution_id}/working")).as_model(OwnSolution)

    async def create_solution(self, organisation_id: str, listing: dict[str, Any], key: str) -> OwnSolution:
        body = {"organisation_id": organisation_id, "listing": listing}
        return (await self.call.post(f"{BASE}/solutions", body, key=key)).as_model(OwnSolution)

    async def save_draft(self, solution_id: str, listing: dict[str, Any], version: int) -> OwnSolution:
        path = f"{BASE}/solutions/{solution_id}/draft"
        return (await self.call.put(path, {"listing": listing}, version=version)).as_model(OwnSolution)

    async def submit(self, solution_id: str, key: str, version: int | None = None) -> None:
        await self.call.post(f"{BASE}/solutions/{solution_id}/submit", key=key, version=version)

    async def withdraw(self, solution_id: str, note: str | None, key: str) -> None:
        body = {"note": note} if note else {}
        await self.call.post(f"{BASE}/solutions/{solution_id}/withdraw", body, key=key)

    async def confirm(self, solution_id: str, key: str) -> OwnSolution:
        return (await self.call.post(f"{BASE}/solutions/{solution_id}/confirm", key=key)).as_model(OwnSolution)

    async def republish(self, solution_id: str, key: str) -> None:
        await self.call.post(f"{BASE}/solutions/{solution_id}/republish", key=key)

    async def ratings(
        self, solution_id: str, *, like: str = "", same_bundesland: bool = False, cursor: str = ""
    ) -> Ratings:
        """`like` is an own municipality: only ratings of those of its size (and of its federal state)."""
        together = "true" if like and same_bundesland else None
        query: dict[str, str | int | None] = {
            "limit": RATINGS_AT_ONCE,
            "like": like,
            "same_bundesland": together,
            "cursor": cursor or None,
        }
        answer = await self.call.get(f"{BASE}/solutions/{solution_id}/ratings", query)
        return answer.as_model(Ratings)

    async def rate(self, solution_id: str, body: dict[str, Any]) -> None:
        """Give or replace the rating of the organisation named in the body."""
        await self.call.put(f"{BASE}/solutions/{solution_id}/ratings/mine", body)

    async def reply(self, solution_id: str, organisation_id: str, text: str, key: str) -> None:
        path = f"{BASE}/solutions/{solution_id}/ratings/{organisation_id}/reply"
        await self.call.post(path, {"text": text}, key=key)
