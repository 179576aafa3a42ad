"""Whether a server that somebody else runs is there at all."""

from urllib.parse import urlsplit

from servicekit.testing.process import Probe


def problem_at(url: str) -> str | None:
    """Why nobody answers at an address, or None; any answer will do, as a foreign server may want a login first.

    Addresses that only a driver can resolve (several hosts, `+srv`) are taken on trust.
    """
    parts = urlsplit(url)
    if parts.scheme.endswith("+srv") or "," in parts.netloc:
        return None
    if parts.scheme in {"http", "https"}:
        problem = Probe(url).problem()
        return None if problem is None or " answered " in problem else problem
    try:
        port = parts.port or {"nats": 4222, "mongodb": 27017, "smtp": 25}.get(parts.scheme, 0)
    except ValueError:
        return f"{url} is not an address"
    return Probe(f"tcp://{parts.hostname}:{port}").problem()
