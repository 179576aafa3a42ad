"""The command `marktplatz-review`."""

from servicekit.process import Service

from review.entrypoints.api.app import create_app
from review.entrypoints.consumer import worker
from review.settings import ReviewSettings
from review.wiring import build

service = Service(name="review", settings_class=ReviewSettings, build=build, api=create_app, worker=worker)


def main() -> None:
    """Run the command line."""
    service.cli()()
