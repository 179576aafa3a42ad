"""The only place where the notify service is put together; processes and tests share it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from servicekit.clock import Clock
from servicekit.platform import Platform, open_platform

from notify.adapters.contacts import MongoContacts
from notify.adapters.event_history import StreamHistory
from notify.adapters.links import SignedLinks
from notify.adapters.mail_server import MailServer
from notify.adapters.membership import LiveMembership
from notify.adapters.messages import MongoMessages
from notify.adapters.names import MongoNames
from notify.adapters.smtp import SmtpPost
from notify.adapters.templates import JinjaTemplates
from notify.adapters.users import MongoUsers
from notify.adapters.watches import MongoDigests, MongoWatches
from notify.application.delivery import DeliveryRules
from notify.application.ports import Ports
from notify.domain.contact import mailbox
from notify.domain.mailing import RetryRules
from notify.settings import NotifySettings


@dataclass(frozen=True)
class Container:
    """What the entry points reach for; `messages` and `templates` offer more than the use cases need."""

    settings: NotifySettings
    platform: Platform
    ports: Ports
    rules: DeliveryRules
    messages: MongoMessages
    templates: JinjaTemplates
    history: StreamHistory


@asynccontextmanager
async def build(settings: NotifySettings, clock: Clock | None = None) -> AsyncIterator[Container]:
    """Open connections, create indexes, and hand out the use cases' ports."""
    server = MailServer.of_url(settings.smtp_url)
    post = SmtpPost(server, settings.notify_from, seconds=settings.notify_lease_seconds * 0.75)
    async with open_platform(settings, clock=clock) as platform:
        messages = MongoMessages(platform.db)
        contacts = MongoContacts(platform.db, platform.clock)
        templates = JinjaTemplates(settings.public_url)
        await messages.prepare()
        await contacts.prepare()
        watches, digests = MongoWatches(platform.db, platform.clock), MongoDigests(platform.db)
        await watches.prepare()
        await digests.prepare()
        ports = Ports(
            messages=messages,
            contacts=contacts,
            names=MongoNames(platform.db),
            watches=watches,
            digests=digests,
            users=MongoUsers(platform.db),
            membership=LiveMembership(platform.members),
            templates=templates,
            links=SignedLinks(settings.notify_secret, settings.public_url),
            post=post,
            clock=platform.clock,
        )
        yield Container(
            settings, platform, ports, delivery_rules(settings), messages, templates, StreamHistory(platform.js)
        )


def delivery_rules(settings: NotifySettings) -> DeliveryRules:
    """Return how mails are tried, and where the team's go."""
    team = mailbox(settings.notify_team_address)[1] if settings.notify_team_address else None
    retry = RetryRules(settings.notify_mail_attempts, timedelta(seconds=settings.notify_retry_seconds))
    return DeliveryRules(retry, timedelta(seconds=settings.notify_lease_seconds), team)
