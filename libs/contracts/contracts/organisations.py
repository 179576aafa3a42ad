"""What the catalog tells of organisations, of what they ask each other, and of their members."""

from typing import Literal

from pydantic import AwareDatetime

from contracts.envelope import Event, EventData
from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass


class OrganisationOnboardedData(EventData):
    """Data of `OrganisationOnboarded`."""

    organisation_id: str
    name: str
    kinds: list[OrganisationKind]
    bundesland: Bundesland | None = None
    size_class: SizeClass | None = None
    onboarded_at: AwareDatetime


class OrganisationOnboarded(Event):
    """The team accepted an organisation."""

    owner = "catalog"
    name = "organisation_onboarded"
    visibility = "public"

    type: Literal["digital.marktplatz.catalog.organisation_onboarded.v1"] = (
        "digital.marktplatz.catalog.organisation_onboarded.v1"
    )
    data: OrganisationOnboardedData


class OrganisationChangedData(EventData):
    """Data of `OrganisationChanged`."""

    organisation_id: str
    name: str
    kinds: list[OrganisationKind]
    bundesland: Bundesland | None = None
    size_class: SizeClass | None = None
    website_url: str | None = None
    changed_at: AwareDatetime


class OrganisationChanged(Event):
    """An organisation has another name, or says something else about itself; carries all of it."""

    owner = "catalog"
    name = "organisation_changed"

    type: Literal["digital.marktplatz.catalog.organisation_changed.v1"] = (
        "digital.marktplatz.catalog.organisation_changed.v1"
    )
    data: OrganisationChangedData


class OrganisationSuspendedData(EventData):
    """Data of `OrganisationSuspended`."""

    organisation_id: str
    reason: str
    suspended_at: AwareDatetime


class OrganisationSuspended(Event):
    """The team suspended an organisation."""

    owner = "catalog"
    name = "organisation_suspended"

    type: Literal["digital.marktplatz.catalog.organisation_suspended.v1"] = (
        "digital.marktplatz.catalog.organisation_suspended.v1"
    )
    data: OrganisationSuspendedData


class InquirySentData(EventData):
    """Data of `InquirySent`."""

    inquiry_id: str
    solution_id: str
    from_organisation_id: str
    to_organisation_id: str
    message: str
    """Empty: the words stay in the catalog, where they can be erased."""
    slug: str = ""
    solution_name: str = ""
    from_organisation_name: str = ""


class InquirySent(Event):
    """A municipality wrote to a provider."""

    owner = "catalog"
    name = "inquiry_sent"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.inquiry_sent.v1"] = "digital.marktplatz.catalog.inquiry_sent.v1"
    data: InquirySentData


class MemberInvitedData(EventData):
    """Data of `MemberInvited`."""

    organisation_id: str
    email: str
    role: Literal["member", "editor", "admin"]
    invited_by: str
    organisation_name: str = ""
    invitation_id: str = ""
    token: str = ""
    """What the link ends with; valid once, until `expires_at`."""
    expires_at: AwareDatetime | None = None


class MemberInvited(Event):
    """Somebody was invited into an organisation."""

    owner = "catalog"
    name = "member_invited"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.member_invited.v1"] = "digital.marktplatz.catalog.member_invited.v1"
    data: MemberInvitedData


class MemberJoinedData(EventData):
    """Data of `MemberJoined`."""

    organisation_id: str
    organisation_name: str
    user: str
    email: str | None = None
    display_name: str | None = None
    role: Literal["member", "editor", "admin"]


class MemberJoined(Event):
    """A user belongs to an organisation now; says how to reach them."""

    owner = "catalog"
    name = "member_joined"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.member_joined.v1"] = "digital.marktplatz.catalog.member_joined.v1"
    data: MemberJoinedData


class MemberLeftData(EventData):
    """Data of `MemberLeft`."""

    organisation_id: str
    user: str


class MemberLeft(Event):
    """A user no longer belongs to an organisation: what is known of them there is to be erased."""

    owner = "catalog"
    name = "member_left"
    visibility = "private"

    type: Literal["digital.marktplatz.catalog.member_left.v1"] = "digital.marktplatz.catalog.member_left.v1"
    data: MemberLeftData
