"""Builds what saved searches and their alerts consist of."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from opensearchpy import AsyncOpenSearch
from servicekit.digest_times import DigestTimes
from servicekit.platform import Platform

from search.adapters.mongo.alert_marks import MongoAlertMarks
from search.adapters.mongo.saved_searches import MongoSavedSearches
from search.adapters.opensearch.offers import OpenSearchOffers
from search.adapters.projected import JetStreamProgress
from search.application.alerts import Alerts
from search.application.rebuild_ports import EventLog
from search.application.saved_searches import Saving
from search.domain.wanted import AlertReader
from search.settings import SearchSettings


@dataclass(frozen=True)
class Alerting:
    """What API and worker use of it."""

    saving: Saving
    alerts: Alerts


async def build_alerting(
    settings: SearchSettings,
    platform: Platform,
    engine: AsyncOpenSearch,
    *,
    reader: AlertReader,
    event_log: EventLog,
    projection: str,
) -> Alerting:
    """Build it and create its indexes; `projection` is the durable that fills the index."""
    times = DigestTimes(settings.alerts_at, settings.alerts_weekday, ZoneInfo(settings.alerts_timezone))
    saved = MongoSavedSearches(platform.aggregates("saved_searches"))
    await saved.prepare()
    alerts = Alerts(
        saved=saved,
        solutions=OpenSearchOffers(engine, reader, JetStreamProgress(platform.js, projection).settled),
        marks=MongoAlertMarks(platform.db),
        event_log=event_log,
        reader=reader,
        times=times,
        clock=platform.clock,
    )
    return Alerting(saving=Saving(saved, reader, times, platform.clock), alerts=alerts)
