"""The only place where the catalog is put together; processes and tests share it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from servicekit.addresses import allowed_origins
from servicekit.clock import Clock
from servicekit.platform import Platform, open_platform

from catalog.adapters.audit import AuditedCollection, MongoAuditTrail
from catalog.adapters.dossiers import MongoDossiers
from catalog.adapters.drifts import MongoDrifts
from catalog.adapters.market import MongoMarket
from catalog.adapters.media.examiner import ProcessExaminer
from catalog.adapters.media.gridfs import GridFsStore
from catalog.adapters.media.records import MongoMediaRecords
from catalog.adapters.open_data import register
from catalog.adapters.open_data.source import MongoPublishedSolutions
from catalog.adapters.people_repositories import MongoInquiries, MongoInvitations
from catalog.adapters.recent import RecentAnswers
from catalog.adapters.repositories import MongoOrganisations, MongoRatingBooks, MongoSolutions
from catalog.adapters.repository_files import WebRepositoryFiles
from catalog.adapters.requirement_profiles import MongoRequirementProfiles
from catalog.adapters.use_repositories import MongoBlocklists, MongoDeploymentBooks, MongoThreads
from catalog.adapters.watchlists import MongoWatchlists
from catalog.application.audit import SUBJECT
from catalog.application.dossier_ports import SurveyPorts
from catalog.application.exports import Exports
from catalog.application.media_ports import MediaPorts, MediaRules, MediaStore
from catalog.application.open_data import OpenData
from catalog.application.people_ports import PeopleLimits, PeoplePorts
from catalog.application.ports import Ports
from catalog.application.publiccode.ports import PubliccodePorts
from catalog.application.use_ports import PeerLimits, UsePorts
from catalog.application.watch_ports import WatchPorts
from catalog.domain.inquiry import Schedule
from catalog.settings import CatalogSettings


@dataclass(frozen=True)
class Container:
    """What the entry points reach for."""

    platform: Platform
    settings: CatalogSettings
    ports: Ports
    surveys: SurveyPorts
    watching: WatchPorts
    recent: RecentAnswers
    publiccode: PubliccodePorts
    files: RecentAnswers
    """publiccode.yml files made a moment ago."""
    media: MediaPorts
    open_data: OpenData
    exports: Exports


@asynccontextmanager
async def build(settings: CatalogSettings, clock: Clock | None = None) -> AsyncIterator[Container]:
    """Open connections, create indexes, and hand out the use cases' ports."""
    recent = RecentAnswers(settings.catalog_recent_seconds)
    async with open_platform(settings, clock=clock) as platform, _media_store(settings, platform) as store:
        organisations = MongoOrganisations(AuditedCollection(platform, "organisations"))
        listed = register.Register(platform.db)
        solutions = MongoSolutions(AuditedCollection(platform, "solutions"), recent.forget, listed)
        ratings = MongoRatingBooks(AuditedCollection(platform, "ratings"), recent.forget)
        deployments = MongoDeploymentBooks(AuditedCollection(platform, "deployments"))
        threads = MongoThreads(AuditedCollection(platform, "threads"))
        blocklists = MongoBlocklists(AuditedCollection(platform, "blocklists"))
        drifts = MongoDrifts(AuditedCollection(platform, "publiccode_drifts"))
        dossiers = MongoDossiers(AuditedCollection(platform, "dossiers"))
        trail = MongoAuditTrail(platform.db)
        platform.relay.keep(SUBJECT, trail.store)
        platform.relay.keep(register.SUBJECT, listed.store)
        records = MongoMediaRecords(platform.db)
        for repository in (
            organisations,
            solutions,
            ratings,
            deployments,
            threads,
            blocklists,
            drifts,
            dossiers,
            trail,
            records,
            listed,
        ):
            await repository.prepare()
        people_limits = _people_limits(settings)
        inquiries = MongoInquiries(AuditedCollection(platform, "inquiries"), people_limits.schedule)
        invitations = MongoInvitations(AuditedCollection(platform, "invitations"))
        watchlists = MongoWatchlists(platform.aggregates("watchlists"))
        await inquiries.prepare()
        await invitations.prepare()
        published = MongoPublishedSolutions(platform.db, listed)
        await published.prepare()
        profiles = MongoRequirementProfiles(AuditedCollection(platform, "requirement_profiles"))
        await watchlists.prepare()
        await profiles.prepare()
        limits = PeerLimits(settings.catalog_peer_threads_per_day, timedelta(days=settings.catalog_peer_days))
        uses = UsePorts(deployments, threads, blocklists, limits)
        people = PeoplePorts(inquiries, invitations, people_limits)
        ports = Ports(organisations, solutions, ratings, uses, people, platform.clock, trail)
        fetching = WebRepositoryFiles(
            seconds=settings.catalog_fetch_seconds, allowed=allowed_origins(settings.catalog_allow_local)
        )
        publiccode = PubliccodePorts(ports, fetching, drifts, settings.public_url)
        market = MongoMarket(platform.db)
        surveys = SurveyPorts(ports, dossiers, market, profiles)
        watching = WatchPorts(ports, watchlists, market)
        files = RecentAnswers(settings.catalog_recent_seconds)
        media = MediaPorts(store, records, ProcessExaminer(), _media_rules(settings))
        exports = Exports(settings.catalog_exports_at_once, settings.catalog_export_seconds)
        open_data = OpenData(published, settings.open_data_terms, ports.profile)
        yield Container(
            platform, settings, ports, surveys, watching, recent, publiccode, files, media, open_data, exports
        )


def _people_limits(settings: CatalogSettings) -> PeopleLimits:
    schedule = Schedule(
        settings.catalog_inquiry_reminder_days,
        settings.catalog_inquiry_silence_months,
        settings.catalog_inquiry_erase_months,
    )
    return PeopleLimits(
        settings.catalog_inquiries_per_day,
        settings.catalog_invitations_per_day,
        keep_proof=timedelta(days=settings.catalog_proof_days),
        schedule=schedule,
    )


def _media_rules(settings: CatalogSettings) -> MediaRules:
    return MediaRules(
        max_bytes=settings.catalog_media_max_bytes,
        max_kept=settings.catalog_media_max_kept,
        abandoned_after=timedelta(hours=settings.catalog_media_abandoned_hours),
    )


@asynccontextmanager
async def _media_store(settings: CatalogSettings, platform: Platform) -> AsyncIterator[MediaStore]:
    if not settings.catalog_media_s3_bucket:
        yield GridFsStore(platform.db)
        return
    from catalog.adapters.media.s3 import s3_store  # noqa: PLC0415 -- loading its client takes a second

    async with s3_store(
        settings.catalog_media_s3_bucket,
        endpoint=settings.catalog_media_s3_endpoint,
        region=settings.catalog_media_s3_region,
        access_key=settings.catalog_media_s3_access_key,
        secret_key=settings.catalog_media_s3_secret_key,
    ) as store:
        yield store
