"""Events of the notifications."""

from typing import Literal

from contracts.envelope import Event, EventData


class WebhookDisabledData(EventData):
    """Data of `WebhookDisabled`."""

    webhook_id: str
    reason: str


class WebhookDisabled(Event):
    """A webhook failed for so long that it was switched off."""

    owner = "notify"
    name = "webhook_disabled"

    type: Literal["digital.marktplatz.notify.webhook_disabled.v1"] = "digital.marktplatz.notify.webhook_disabled.v1"
    data: WebhookDisabledData
