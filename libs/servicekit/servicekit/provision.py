"""Applies the topology to NATS: streams, the members bucket and durables. Idempotent; run before anything starts."""

import asyncio
import sys

from contracts import topology
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, KeyValueConfig, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from servicekit import broker, logging
from servicekit.settings import ServiceSettings

log = logging.get(__name__)


class ProvisionSettings(ServiceSettings):
    """Provisioning runs as the NATS user `operator`."""

    service_name = "provision"

    def production_faults(self) -> list[str]:
        """Only NATS is touched, so only its credentials matter."""
        return [fault for fault in super().production_faults() if fault.startswith("NATS_")]


async def provision(js: JetStreamContext) -> None:
    """Bring streams, bucket and durables to what the topology says; existing messages are never touched.

    Durables are upserted, because binding never updates one. The server delivers without a limit: how often a
    message is tried before it becomes a dead letter is decided by `servicekit.delivery`.
    """
    for stream in topology.STREAMS:
        await _stream(js, stream_config(stream))
    await _bucket(js, topology.MEMBERS_BUCKET)
    for consumer in topology.CONSUMERS:
        await js.add_consumer(consumer.stream, consumer_config(consumer))
    log.info("provisioned", streams=len(topology.STREAMS), consumers=len(topology.CONSUMERS))
