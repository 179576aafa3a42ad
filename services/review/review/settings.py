"""Settings of the review service."""

from servicekit.settings import ServiceSettings


class ReviewSettings(ServiceSettings):
    """Shared settings and the version of the criteria that new cases get (REVIEW_CRITERIA_VERSION)."""

    service_name = "review"

    review_criteria_version: str = "2026.1"
