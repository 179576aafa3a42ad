"""The command `marktplatz-search`."""

from servicekit.process import Service

from search.entrypoints import cli
from search.entrypoints.api.app import create_app
from search.entrypoints.consumer import worker
from search.entrypoints.memory import memory
from search.settings import SearchSettings
from search.wiring import build

service = Service(
    name="search", settings_class=SearchSettings, build=build, api=create_app, worker=worker, beside_api=memory
)


def main() -> None:
    """Run the command line."""
    commands = service.cli()
    cli.add_commands(commands, service)
    commands()
