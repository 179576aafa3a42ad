"""`marktplatz-web`: serve the front end."""

import asyncio
import sys

from pydantic import ValidationError
from servicekit import logging, serving

from web import assets
from web.app import create_app
from web.settings import WebSettings


def main() -> None:
    """Serve until told to stop; says in one line what keeps it from starting."""
    try:
        settings = WebSettings()
        assets.require()
    except ValidationError as error:
        sys.exit("web: " + "; ".join(f"{fault['msg']}" for fault in error.errors()))
    except assets.AssetsMissingError as error:
        sys.exit(f"web: {error}")
    logging.configure("web", env=settings.env, level=settings.log_level)
    stopping = asyncio.Event()
    app = create_app(settings, stopping=stopping)
    serving.serve(app, host=settings.host, port=settings.port, grace_seconds=10, stopping=stopping)


if __name__ == "__main__":
    main()
