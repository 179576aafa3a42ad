"""An engine that takes bulk writes and keeps nothing: what remains of a rebuild is the work of its client.

`python -m bench.null_engine PORT`.
"""

import asyncio
import sys

import orjson

_HEAD_END = b"\r\n\r\n"


class NullEngine(asyncio.Protocol):
    """Speaks as much HTTP/1.1 as a bulk write needs: a body with its length, one request after another."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(_HEAD_END)) >= 0:
            head = bytes(self._buffer[:end]).lower()
            length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0].strip()
            begin, stop = end + len(_HEAD_END), end + len(_HEAD_END) + int(length or 0)
            if len(self._buffer) < stop:
                return
            self._answer(self._buffer.count(b"\n", begin, stop) // 2)
            del self._buffer[:stop]

    def _answer(self, documents: int) -> None:
        assert self._transport is not None
        item = {"create": {"_index": "null", "_id": "x" * 36, "_version": 1, "result": "created", "status": 201}}
        body = orjson.dumps({"took": 1, "errors": False, "items": [item] * documents})
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


async def serve(port: int) -> None:
    """Answer until the process is stopped."""
    server = await asyncio.get_running_loop().create_server(NullEngine, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
