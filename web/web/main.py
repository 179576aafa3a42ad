"""`marktplatz-web`: serve the front end with uvicorn."""

import sys

import uvicorn
from pydantic import ValidationError
from servicekit import logging

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
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
