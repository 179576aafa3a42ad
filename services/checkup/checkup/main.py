"""The command `marktplatz-checkup`."""

from servicekit.process import Service

from checkup.entrypoints import cli
from checkup.entrypoints.api.app import create_app
from checkup.entrypoints.consumer import worker
from checkup.settings import CheckupSettings
from checkup.wiring import build

service = Service(name="checkup", settings_class=CheckupSettings, build=build, api=create_app, worker=worker)


def main() -> None:
    """Run the command line."""
    commands = service.cli(worker_command=False)
    cli.add_to(commands, service)
    commands()
