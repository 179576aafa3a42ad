"""Operator commands: look at mails and try failed ones again."""

import asyncio
from typing import Annotated

import typer
from servicekit.process import Service

from notify.domain.mailing import again
from notify.settings import NotifySettings
from notify.wiring import Container, build

Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many failed mails at most, newest first.")]


def add_commands(cli: typer.Typer, service: Service[NotifySettings, Container]) -> None:
    """Add the commands to the service's command line."""

    @cli.command()
    def mails(limit: Limit = 20) -> None:
        """Count mails by state and list failed ones with their reason."""
        asyncio.run(_report(service.load_settings(), limit))

    @cli.command()
    def retry_mails(limit: Limit = 1000) -> None:
        """Try failed mails again."""
        asyncio.run(_retry(service.load_settings(), limit))


async def _report(settings: NotifySettings, limit: int) -> None:
    async with build(settings) as container:
        for state, count in (await container.messages.count_by_mail_state()).items():
            typer.echo(f"{state:8} {count}")
        for message in await container.messages.with_failed_mail(limit):
            reason = message.mail.reason if message.mail else None
            typer.echo(
                f"{message.created_at:%Y-%m-%d %H:%M} {message.id} {message.kind.value} {message.recipient}: {reason}"
            )


async def _retry(settings: NotifySettings, limit: int) -> None:
    async with build(settings) as container:
        now = container.platform.clock.now()
        retried = 0
        for message in await container.messages.with_failed_mail(limit):
            if message.mail is not None:
                retried += await container.messages.replace_mail(message.id, message.mail, again(message.mail, now))
        typer.echo(f"{retried} mails will be tried again")
