"""Operators list dead letters and give them to their consumer again: `marktplatz-dead-letters list|redrive`."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer
from contracts import topology
from contracts.subjects import redrive_subject
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from servicekit import broker
from servicekit.provision import ProvisionSettings
from servicekit.settling import REDRIVEN_SEQUENCE, REDRIVEN_STREAM

STREAM = "DLQ"
cli = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@dataclass(frozen=True)
class DeadLetter:
    """A message that was set aside; `sequence` is its place among the dead letters."""

    sequence: int
    durable: str
    subject: str
    reason: str
    attempts: int
    original_stream: str
    original_sequence: int
    data: bytes


def _read(message: RawStreamMsg) -> DeadLetter:
    headers = message.headers or {}
    return DeadLetter(
        sequence=message.seq or 0,
        durable=headers.get("Dlq-Durable", "unknown"),
        subject=headers.get("Dlq-Subject", ""),
        reason=headers.get("Dlq-Reason", ""),
        attempts=int(headers.get("Dlq-Attempts", "0")),
        original_stream=headers.get("Dlq-Stream", ""),
        original_sequence=int(headers.get("Dlq-Sequence", "0")),
        data=message.data or b"",
    )


async def letters(js: JetStreamContext, limit: int) -> list[DeadLetter]:
    """Return the newest dead letters, newest first."""
    state = (await js.stream_info(STREAM)).state
    found: list[DeadLetter] = []
    sequence = state.last_seq
    while sequence >= max(1, state.first_seq) and len(found) < limit:
        with suppress(NotFoundError):  # redriven before
            found.append(_read(await js.get_msg(STREAM, sequence)))
        sequence -= 1
    return found


async def redrive(js: JetStreamContext, sequence: int) -> DeadLetter:
    """Send a dead letter to its own consumer again, then remove it from the dead letters.

    Nothing is added to the stream of events: the letter goes over REDRIVE and keeps its original place, so that no
    other consumer sees it and an index does not take an old state for a new one. A job goes back onto its queue.
    Raises NotFoundError when there is no such letter.
    """
    letter = _read(await js.get_msg(STREAM, sequence))
    headers = {"Nats-Msg-Id": f"redrive:{sequence}"}
    if letter.original_stream == "JOBS":
        await js.publish(letter.subject, letter.data, headers=headers)
    else:
        headers |= {REDRIVEN_STREAM: letter.original_stream, REDRIVEN_SEQUENCE: str(letter.original_sequence)}
        service = topology.consumer(letter.durable).service
        await js.publish(redrive_subject(service, letter.durable), letter.data, headers=headers)
    await js.delete_msg(STREAM, sequence)
    return letter


@asynccontextmanager
async def _bus() -> AsyncIterator[JetStreamContext]:
    async with broker.connect(ProvisionSettings()) as client:
        yield client.jetstream(timeout=10)


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except NotFoundError:
        typer.echo("there is no such dead letter", err=True)
        raise typer.Exit(1) from None


@cli.command(name="list")
def list_letters(
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document per line.")] = False,
) -> None:
    """Show the newest dead letters with their reasons."""

    async def show() -> None:
        async with _bus() as js:
            for letter in await letters(js, limit):
                if as_json:
                    typer.echo(json.dumps({**asdict(letter), "data": letter.data.decode(errors="replace")}))
                else:
                    typer.echo(f"{letter.sequence}  {letter.durable}  {letter.subject}\n    {letter.reason}")

    _run(show())


@cli.command(name="redrive")
def redrive_letter(sequence: Annotated[int, typer.Argument(min=1)]) -> None:
    """Give one dead letter to its consumer again."""

    async def again() -> None:
        async with _bus() as js:
            letter = await redrive(js, sequence)
            typer.echo(f"sent again to {letter.durable}: {letter.subject}")

    _run(again())


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
