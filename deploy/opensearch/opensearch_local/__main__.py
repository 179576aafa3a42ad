"""`make opensearch`, `make opensearch-stop`, and a server for the time of one command."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from servicekit.testing.process import free_ports, port_is_free

from opensearch_local import java, place, provision, server
from opensearch_local.faults import NotHereError, ProvisionError

URL = "OPENSEARCH_URL"
USUAL_PORT = 9200

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def start() -> None:
    """Start the server in the background and print its address; its data is kept (OPENSEARCH_PORT, OPENSEARCH_HEAP)."""
    if known := server.found(_kept()):
        process, url = known
        typer.echo(f"OpenSearch runs already at {url} (pid {process.pid}). `make opensearch-stop` ends it.")
        return
    fitting = java.find(user=place.user())
    home = provision.provisioned(_say)
    instance = server.Instance(_kept(), "marktplatz", _port())
    began = monotonic()
    process_started = server.start(instance, home, fitting, attached=False)
    _say(
        f"OpenSearch {provision.SERVER.version} with k-NN on Java {fitting.version} at {instance.url}"
        f" (pid {process_started.pid}, heap {server.heap()}, ready in {monotonic() - began:.0f} s)"
    )
    typer.echo(f"The whole system on it: {URL}={instance.url} make run")


@app.command()
def stop() -> None:
    """Stop the server that `start` started; its data is kept."""
    known = server.found(_kept())
    if known is None:
        typer.echo("OpenSearch was not running.")
        return
    server.stop(known[0])
    typer.echo("OpenSearch is stopped.")


@app.command("with", context_settings={"ignore_unknown_options": True})
def with_server(
    command: Annotated[list[str], typer.Argument(help="What to run; it finds the address in OPENSEARCH_URL.")],
    or_skip: Annotated[bool, typer.Option(help="Succeed where there is no Java or Maven for it.")] = False,
) -> None:
    """Run a command with a fresh server, or with the one that OPENSEARCH_URL names."""
    if url := os.environ.get(URL):
        typer.echo(f"using the search engine at {url}", err=True)
        raise typer.Exit(subprocess.call(command))
    try:
        fitting = java.find(user=place.user())
        home = provision.provisioned(_say)
    except NotHereError as reason:
        if not or_skip:
            raise
        typer.echo(f"skipped, no real OpenSearch here: {reason}")
        return
    instance = server.Instance(place.passing(), "marktplatz-test", free_ports(1)[0])
    began = monotonic()
    with server.running(instance, home, fitting) as url:
        _say(f"OpenSearch {provision.SERVER.version} on Java {fitting.version} ready in {monotonic() - began:.0f} s")
        code = _call(command, url)
    raise typer.Exit(code)


def _call(command: list[str], url: str) -> int:
    """Run a command to its end; when we are told to end, so is it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    process = subprocess.Popen(command, env={**os.environ, URL: url})
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _kept() -> Path:
    return place.base() / "server"


def _port() -> int:
    if named := os.environ.get("OPENSEARCH_PORT"):
        return int(named)
    return USUAL_PORT if port_is_free(USUAL_PORT) else free_ports(1)[0]


def _say(text: str) -> None:
    print(f"opensearch: {text}", file=sys.stderr, flush=True)


def main() -> None:
    try:
        app()
    except (NotHereError, ProvisionError) as error:
        _say(str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
