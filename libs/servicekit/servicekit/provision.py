"""Applies the topology to NATS: streams, buckets and durables. Idempotent; run before anything starts."""

import asyncio
import sys

from contracts import topology
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    KeyValueConfig,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamSource,
    SubjectTransform,
)
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
    """Bring streams, buckets and durables to what the topology says; existing messages are never touched.

    Durables are upserted, because binding never updates one. The server delivers without a limit: how often a
    message is tried before it becomes a dead letter is decided by `servicekit.delivery`.
    """
    for stream in topology.STREAMS:
        await _stream(js, stream_config(stream))
    for bucket in topology.BUCKETS:
        await _bucket(js, bucket)
    for consumer in topology.CONSUMERS:
        await js.add_consumer(consumer.stream, consumer_config(consumer))
    log.info("provisioned", streams=len(topology.STREAMS), consumers=len(topology.CONSUMERS))


def stream_config(stream: topology.Stream) -> StreamConfig:
    """Return the server's configuration of a stream."""
    return StreamConfig(
        name=stream.name,
        subjects=list(stream.subjects) or None,
        storage=StorageType.FILE,
        retention=RetentionPolicy.WORK_QUEUE if stream.work_queue else RetentionPolicy.LIMITS,
        max_age=float(stream.max_age_s),
        duplicate_window=float(stream.duplicate_window_s),
        allow_direct=True,
        sources=[_source(stream.sources)] if stream.sources else None,
    )


def _source(subjects: tuple[str, ...]) -> StreamSource:
    """One source for all subjects keeps their order; each filter is a transform to the same subject."""
    return StreamSource(
        name=topology.EVENTS.name,
        subject_transforms=[
            SubjectTransform(src=subject, dest=subject.replace("*", "{{wildcard(1)}}")) for subject in subjects
        ],
    )


def consumer_config(consumer: topology.Consumer) -> ConsumerConfig:
    """Return the server's configuration of a durable."""
    return ConsumerConfig(
        name=consumer.durable,
        durable_name=consumer.durable,
        filter_subjects=list(consumer.filter_subjects),
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=float(consumer.ack_wait_s),
        max_deliver=-1,
        max_ack_pending=consumer.max_ack_pending,
    )


async def _stream(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        await js.stream_info(config.name or "")
    except NotFoundError:
        await js.add_stream(config)
    else:
        await js.update_stream(config)


async def _bucket(js: JetStreamContext, bucket: topology.Bucket) -> None:
    try:
        await js.stream_info(bucket.stream)
    except NotFoundError:
        await js.create_key_value(KeyValueConfig(bucket=bucket.name, history=bucket.history, ttl=bucket.ttl_s or None))


async def _main(settings: ProvisionSettings) -> None:
    async with broker.connect(settings) as client:
        await provision(client.jetstream(timeout=10))


def main() -> None:
    """Provision the server at NATS_URL; exits with 1 and a sentence when that fails."""
    settings = ProvisionSettings()
    logging.configure("provision", env=settings.env, level=settings.log_level)
    try:
        asyncio.run(_main(settings))
    except Exception as error:
        sys.exit(f"provision: {settings.nats_url}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
