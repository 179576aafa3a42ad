"""The command `marktplatz-catalog`."""

from servicekit.process import Service

from catalog.entrypoints import cli, guard
from catalog.entrypoints.api.app import create_app
from catalog.entrypoints.consumer import worker
from catalog.settings import CatalogSettings
from catalog.wiring import build

service = Service(name="catalog", settings_class=CatalogSettings, build=build, api=create_app, worker=worker)


def main() -> None:
    """Run the command line."""
    commands = service.cli()
    cli.add_to(commands)
    guard.add_to(commands, service)
    commands()
