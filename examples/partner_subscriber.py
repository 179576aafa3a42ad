"""Reads the public events of a Marktplatz, past and present, and prints each as one line of JSON.

It needs `nats-py` and `marktplatz-contracts`, and the NATS user `partner`. Remember the printed `sequence` of the last
event that you have dealt with and go on with `--from-sequence` one above it: nothing is missed then. An event may come
twice; it is the same one when its `id` is the same. docs/partners.md tells the rest.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import nats
from contracts import registry
from contracts.topology import PARTNER_INBOX, PUBLIC_API, PUBLIC_SUBJECTS
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import RawStreamMsg

STREAM = "PUBLIC"
CONNECT_SECONDS = 10
LOOK_AGAIN_SECONDS = 1


def arguments() -> argparse.Namespace:
    """Return the options; the password may also come from the environment, where other users cannot see it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nats-url", default="nats://127.0.0.1:4222")
    parser.add_argument("--user", default="partner")
    parser.add_argument("--password", default=os.environ.get("NATS_PASSWORD", ""), help="default: $NATS_PASSWORD")
    parser.add_argument("--from-sequence", type=int, default=1, help="first position in the stream (default: 1, all)")
    parser.add_argument("--count", type=int, default=0, help="stop after so many events (default: never)")
    options = parser.parse_args()
    if options.from_sequence < 1 or options.count < 0:
        parser.error("--from-sequence starts at 1 and --count at 0")
    return options


def line(message: RawStreamMsg) -> str | None:
    """Return an event as one line of JSON; None, with the reason on stderr, for what this version cannot read.

    A newer marketplace may publish types that these contracts do not know yet: they are passed over, not fatal.
    """
    try:
        event = registry.parse(message.data or b"")
    except (registry.UnknownEventType, registry.MalformedEvent) as error:
        sys.stderr.write(f"passed over sequence {message.seq}: {error}\n")
        return None
    return json.dumps({"sequence": message.seq, "event": event.model_dump(mode="json")}, ensure_ascii=False)


@asynccontextmanager
async def connected(options: argparse.Namespace) -> AsyncIterator[Client]:
    """Connect as the partner, whose answers come to an inbox of its own; later it reconnects for ever."""
    refused = asyncio.Event()
    problems = ["no answer"]

    async def failed(error: Exception) -> None:
        if refused.is_set():  # the server hangs up after a refusal: that says nothing more
            return
        problems.append(str(error) or type(error).__name__)
        if "authorization violation" in problems[-1].lower():
            refused.set()

    connecting = asyncio.create_task(
        nats.connect(
            options.nats_url,
            user=options.user,
            password=options.password,
            inbox_prefix=PARTNER_INBOX.encode(),
            error_cb=failed,
            max_reconnect_attempts=-1,
        )
    )
    giving_up = asyncio.create_task(refused.wait())
    await asyncio.wait({connecting, giving_up}, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    giving_up.cancel()
    if not connecting.done():
        connecting.cancel()
        sys.exit(f"cannot connect to {options.nats_url} as {options.user}: {problems[-1]}")
    client = connecting.result()
    try:
        yield client
    finally:
        await client.close()


async def messages(client: Client, sequence: int) -> AsyncIterator[RawStreamMsg]:
    """Yield the stream from a sequence on, in its order; at its end wait for what comes.

    The live subscription only says that there is something new: what counts is read from the stream, which has no gaps.
    """
    news = asyncio.Event()

    async def heard(_: Msg) -> None:
        news.set()

    for subject in PUBLIC_SUBJECTS:
        await client.subscribe(subject, cb=heard)
    stream = client.jetstream(prefix=PUBLIC_API)
    while not client.is_closed:
        news.clear()
        try:
            message = await stream.get_msg(STREAM, seq=sequence, subject=">", next=True, direct=True)
        except (NatsError, OSError):  # NotFoundError at the end of the stream, any other while the server is away
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), LOOK_AGAIN_SECONDS)
            continue
        sequence = (message.seq or sequence) + 1
        yield message


async def follow(options: argparse.Namespace) -> None:
    """Print events in the order of the stream. Nothing of this reader is kept on the server."""
    async with connected(options) as client:
        printed = 0
        async for message in messages(client, options.from_sequence):
            text = line(message)
            if text is None:
                continue
            print(text, flush=True)
            printed += 1
            if printed == options.count:
                return
        sys.exit("the server has ended the connection for good")


if __name__ == "__main__":
    try:
        asyncio.run(follow(arguments()))
    except KeyboardInterrupt:
        sys.exit(130)
