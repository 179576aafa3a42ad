"""Runs a service: `api`, `worker`, or `all` in one process, each with health and metrics over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar

import typer
from fastapi import FastAPI
from pydantic import ValidationError

from servicekit import http, logging, serving
from servicekit.http import Lifespan
from servicekit.platform import Platform
from servicekit.settings import ServiceSettings

log = logging.get(__name__)

Mode = Literal["api", "worker", "all"]


class Container(Protocol):
    """What `wiring.build` makes: anything that stands on a platform."""

    @property
    def platform(self) -> Platform:
        """The open connections."""
        ...


S = TypeVar("S", bound=ServiceSettings)
C = TypeVar("C", bound=Container)


@dataclass(frozen=True)
class Service(Generic[S, C]):
    """A service as its process needs to know it."""

    name: str
    settings_class: type[S]
    build: Callable[[S], AbstractAsyncContextManager[C]]
    api: Callable[[S, Lifespan], FastAPI]
    worker: Callable[[C], AbstractAsyncContextManager[None]]
    beside_api: Callable[[C], AbstractAsyncContextManager[None]] | None = None
    """What runs in every process that answers requests: what the answers are kept in memory for."""

    def app(self, settings: S, mode: Mode = "all") -> FastAPI:
        """Return the application of one process; a worker's offers health and metrics only."""

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            async with self.build(settings) as container:
                app.state.container = container
                app.state.checks = container.platform.checks
                async with AsyncExitStack() as running:
                    if mode != "api":
                        await running.enter_async_context(self.worker(container))
                    if mode != "worker" and self.beside_api is not None:
                        await running.enter_async_context(self.beside_api(container))
                    yield

        if mode == "worker":
            return http.create_app(settings, title=f"{self.name} worker", lifespan=lifespan)
        return self.api(settings, lifespan)

    def run(self, mode: Mode, host: str | None = None, port: int | None = None, **given: Any) -> None:
        """Serve one process; what is given by name goes before the environment."""
        settings = self.load_settings(host, port, **given)
        serve(self.app(settings, mode), settings)

    def cli(self, *, worker_command: bool = True) -> typer.Typer:
        """Return the command line with `api`, `worker` and `all`; services add operator commands.

        Without `worker_command` the service brings its own `worker`, with further options.
        """
        cli = typer.Typer(no_args_is_help=True, add_completion=False, help=f"The {self.name} service.")
        host = Annotated[str | None, typer.Option(help="Address to listen on (default: HOST).")]
        port = Annotated[int | None, typer.Option(help="Port to listen on (default: PORT).")]

        @cli.command()
        def api(host: host = None, port: port = None) -> None:
            """Answer HTTP requests."""
            self.run("api", host, port)

        def worker(host: host = None, port: port = None) -> None:
            """Consume events and jobs."""
            self.run("worker", host, port)

        if worker_command:
            cli.command()(worker)

        @cli.command(name="all")
        def everything(host: host = None, port: port = None) -> None:
            """Do both in one process, for local use."""
            self.run("all", host, port)

        return cli

    def load_settings(self, host: str | None = None, port: int | None = None, **given: Any) -> S:
        """Read the settings from the environment; a fault ends the program with a sentence, not a traceback."""
        given = {key: value for key, value in {"host": host, "port": port, **given}.items() if value is not None}
        try:
            settings = self.settings_class(**given)
        except ValidationError as error:
            reasons = "; ".join(
                f"{'.'.join(map(str, e['loc'])).upper() or 'settings'}: {e['msg']}" for e in error.errors()
            )
            typer.echo(f"{self.name}: {reasons}", err=True)
            raise typer.Exit(2) from None
        logging.configure(self.name, env=settings.env, level=settings.log_level)
        return settings


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT; then finish requests and handlers within `shutdown_seconds`."""
    serving.serve(
        app,
        host=settings.host,
        port=settings.port,
        grace_seconds=settings.shutdown_seconds,
        stopping=app.state.stopping,
        timeout_keep_alive=75,
        forwarded_allow_ips="127.0.0.1",
    )
