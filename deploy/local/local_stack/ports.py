"""Which loopback ports this checkout uses: chosen once, remembered, and chosen again when somebody else took one."""

import random
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psutil
from servicekit.testing.process import port_is_free

GATEWAY = "gateway"
PREFERRED_GATEWAY = 8080
# Below the range from which the kernel takes ports for outgoing connections: one of those could occupy the port of a
# server that is just being restarted.
CANDIDATES = range(20_000, 32_000)


class PortTakenError(RuntimeError):
    """The port that was asked for is in use; the message says by whom if that can be seen."""


@dataclass(frozen=True, slots=True)
class Ports:
    by_name: Mapping[str, int]
    notes: Sequence[str]
    """What the user should know: which remembered ports were taken and replaced."""

    def __getitem__(self, name: str) -> int:
        return self.by_name[name]


class Reservations:
    """Ports that this process has taken but where nobody listens yet, known to the other checkouts on this machine.

    Between choosing a port and listening on it lie seconds, and the gateway's listener would even share the port with
    that of another checkout. A name in the kernel's abstract socket namespace (Linux) belongs to one process at a time
    and is freed by its death.
    """

    def __init__(self) -> None:
        self._held: list[socket.socket] = []

    def take(self, port: int) -> bool:
        """Take a port for as long as this process lives; False when somebody listens there or has taken it."""
        if sys.platform != "linux":
            return port_is_free(port)
        name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            name.bind(f"\0marktplatz-port-{port}")
        except OSError:
            name.close()
            return False
        if not port_is_free(port):
            name.close()
            return False
        self._held.append(name)
        return True

    def release(self) -> None:
        for name in self._held:
            name.close()
        self._held.clear()


def occupant(port: int) -> str:
    """Who listens on a port, in words ("python3 (pid 42)"); empty when that cannot be seen."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})" if connection.pid else ""
    except psutil.Error:
        pass
    return ""


def _pick(used: set[int], is_free: Callable[[int], bool]) -> int:
    for port in random.sample(CANDIDATES, len(CANDIDATES)):
        if port not in used and is_free(port):
            return port
    raise PortTakenError(f"no free port between {CANDIDATES.start} and {CANDIDATES.stop} on 127.0.0.1")


def assign(
    names: Sequence[str],
    remembered: Mapping[str, int],
    *,
    gateway: int | None = None,
    is_free: Callable[[int], bool] = port_is_free,
    who: Callable[[int], str] = occupant,
) -> Ports:
    """A free port for each name, the remembered one if possible; `gateway` fixes that of the gateway.

    Raises PortTakenError when the fixed port is in use.
    """
    chosen: dict[str, int] = {}
    notes: list[str] = []
    used = {remembered[name] for name in names if name in remembered}
    for name in names:
        if name == GATEWAY and gateway is not None:
            if not is_free(gateway):
                by = who(gateway)
                raise PortTakenError(
                    f"port {gateway} is taken{f' by {by}' if by else ''}: "
                    "stop that program, or choose another port, for example: make run PORT=8090"
                )
            chosen[name] = gateway
            used.add(gateway)
            continue
        old = remembered.get(name)
        if old is not None and is_free(old):
            chosen[name] = old
            continue
        if old is None and name == GATEWAY and PREFERRED_GATEWAY not in used and is_free(PREFERRED_GATEWAY):
            chosen[name] = PREFERRED_GATEWAY
        else:
            chosen[name] = _pick(used, is_free)
        used.add(chosen[name])
        if old is not None:
            by = who(old)
            now = f"using {chosen[name]} from now on"
            notes.append(f"port {old}, used for {name} before, is taken{f' by {by}' if by else ''}: {now}")
    return Ports(chosen, notes)
