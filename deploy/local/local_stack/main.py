"""`marktplatz-local`: run, stop, status, reset and logs of the whole system on this machine; `make` calls it.

Most commands are asked often and do little: what only the supervisor needs is imported when it starts.
"""

import errno
import json
import os
import shutil
import sys
from typing import Annotated

import typer

from local_stack import detach, follow, ports, record
from local_stack.checkout import Checkout, load_secrets, read_json, write_json
from local_stack.output import Console, LogFile

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def run(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Fix the port of the gateway.")] = None,
    demo: Annotated[bool, typer.Option(help="Import the demo listings when they are not there.")] = True,
    detached: Annotated[bool, typer.Option("--detach", help="Return once everything is ready.")] = False,
    verbose: Annotated[bool, typer.Option(help="Show every log line, not only warnings.")] = False,
    in_background: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Start everything and keep it running until Ctrl-C."""
    checkout = Checkout.here()
    _tell_if_running(checkout, port)
    if detached:
        options = [
            *(("--port", str(port)) if port else ()),
            *(() if demo else ("--no-demo",)),
            *(("--verbose",) if verbose else ()),
        ]
        raise typer.Exit(detach.run_in_background(checkout, options))
    try:
        with record.only_one(checkout) as alone:
            if not alone:
                typer.echo("It is being started or stopped by another `make run` right now.", err=True)
                raise typer.Exit(1)
            # in the background our output already is the supervisor's log
            console = Console(None if in_background else LogFile(checkout.log("supervisor")), verbose=verbose)
            raise typer.Exit(_supervise(checkout, console, port, demo=demo))
    except ports.PortTakenError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        typer.echo(f"The disk is full: free some space under {checkout.directory} and try again.", err=True)
        raise typer.Exit(1) from None


def _tell_if_running(checkout: Checkout, port: int | None) -> None:
    known = record.supervisor(checkout)
    if known is None:
        return
    now = record.read(checkout)
    typer.echo(f"It is running already: {now['gateway']} (pid {known.pid}, {now['phase']}). `make stop` ends it.")
    other = port is not None and not str(now["gateway"]).endswith(f":{port}")
    raise typer.Exit(1 if other else 0)


def _supervise(checkout: Checkout, console: Console, port: int | None, *, demo: bool) -> int:
    import asyncio  # noqa: PLC0415

    from contracts import topology  # noqa: PLC0415

    from local_stack import plan, users  # noqa: PLC0415
    from local_stack.supervisor import Supervisor  # noqa: PLC0415

    if ended := record.end_orphans(checkout):
        console.warn(f"The last run was killed: ended what it had left behind ({', '.join(ended)}).")
    state = read_json(checkout.state_file)
    reserved = ports.Reservations()  # held until this process ends
    assigned = ports.assign(plan.PORT_NAMES, state.get("ports", {}), gateway=port, is_free=reserved.take)
    for note in assigned.notes:
        console.warn(note)
    write_json(checkout.state_file, {**state, "ports": dict(assigned.by_name)})
    nats_users = [user.name for user in topology.PERMISSIONS]
    secrets = load_secrets(checkout, nats_users)
    planned = plan.make(
        checkout,
        assigned,
        secrets,
        os.environ,
        users=users.claims(),
        nats_authorization=topology.nats_authorization({name: secrets.nats[name] for name in nats_users}),
    )
    try:
        return asyncio.run(Supervisor(checkout, planned, console, demo=demo).run())
    finally:
        reserved.release()


@app.command()
def stop() -> None:
    """Stop everything in order."""
    checkout = Checkout.here()
    typer.echo("Stopped." if record.stop(checkout) else "Nothing was running.")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs: `gateway`, `processes`, addresses.")] = False,
) -> None:
    """Show each process with address, health and memory; exit code 3 when nothing runs."""
    from local_stack import status as status_report  # noqa: PLC0415

    checkout = Checkout.here()
    now = status_report.collect(checkout)
    if as_json:
        typer.echo(json.dumps(now, indent=2, ensure_ascii=False))
    else:
        status_report.show(now, checkout)
    raise typer.Exit(0 if now["running"] else 3)


@app.command()
def reset(force: Annotated[bool, typer.Option(help="Do not ask.")] = False) -> None:
    """Stop, and delete all local data."""
    checkout = Checkout.here()
    if not checkout.directory.exists():
        typer.echo("There is no local data.")
        return
    if not force:
        typer.confirm(f"Stop everything and delete {checkout.directory} with all its data?", abort=True)
    record.stop(checkout)
    shutil.rmtree(checkout.directory)
    typer.echo(f"Deleted {checkout.directory}.")


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="Whose log; without a name: which there are.")] = "",
    follow_it: Annotated[bool, typer.Option("--follow/--no-follow", help="Go on until Ctrl-C.")] = True,
) -> None:
    """Print the end of a process's log and follow it."""
    checkout = Checkout.here()
    known = follow.names(checkout)
    if name not in known:
        text = (
            f"make logs S=… with one of: {', '.join(known)}" if known else "There are no logs yet. Start with: make run"
        )
        typer.echo(f"There is no log of {name}. {text}" if name else text, err=bool(name))
        raise typer.Exit(1 if name else 0)
    typer.echo("\n".join(follow.end_of(checkout, name)))
    if follow_it:
        try:
            for text in follow.following(checkout.log(name)):
                typer.echo(text, nl=False)
        except KeyboardInterrupt:
            sys.exit(0)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
