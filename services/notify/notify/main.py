"""The command `marktplatz-notify`."""

import typer
from servicekit.process import Service

from notify.entrypoints import cli
from notify.entrypoints.api.app import create_app
from notify.entrypoints.consumer import worker
from notify.settings import NotifySettings
from notify.wiring import build

service = Service(name="notify", settings_class=NotifySettings, build=build, api=create_app, worker=worker)


def command_line() -> typer.Typer:
    """Return the service's command line with its operator commands."""
    commands = service.cli()
    cli.add_commands(commands, service)
    return commands


def main() -> None:
    """Run the command line."""
    command_line()()
