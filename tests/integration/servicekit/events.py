"""A real event of the contracts with little in it, for trying the kit."""

from datetime import UTC, datetime

from contracts.catalog import OrganisationSuspended, OrganisationSuspendedData
from contracts.ids import uuid7


def suspended(organisation_id: str | None = None, reason: str = "test") -> OrganisationSuspended:
    now = datetime.now(UTC)
    organisation_id = organisation_id or uuid7()
    data = OrganisationSuspendedData(organisation_id=organisation_id, reason=reason, suspended_at=now)
    return OrganisationSuspended.new(data, aggregate_id=organisation_id, time=now)
