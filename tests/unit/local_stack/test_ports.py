"""Ports are chosen once and kept, unless somebody else took one."""

import socket

import pytest
from local_stack.ports import CANDIDATES, PortTakenError, Reservations, assign
from servicekit.testing.process import free_ports

NAMES = ("gateway", "catalog", "nats")


def free(_port: int) -> bool:
    return True


def nobody(_port: int) -> str:
    return ""


def test_the_gateway_prefers_8080() -> None:
    ports = assign(NAMES, {}, is_free=free)
    assert ports["gateway"] == 8080
    assert ports["catalog"] in CANDIDATES
    assert len(set(ports.by_name.values())) == len(NAMES)
    assert ports.notes == []


def test_the_gateway_goes_elsewhere_when_8080_is_taken() -> None:
    ports = assign(NAMES, {}, is_free=lambda port: port != 8080)
    assert ports["gateway"] in CANDIDATES
    assert ports.notes == []


def test_remembered_ports_are_kept() -> None:
    remembered = {"gateway": 8085, "catalog": 20001, "nats": 20002}
    assert assign(NAMES, remembered, is_free=free).by_name == remembered


def test_a_remembered_port_that_was_taken_is_replaced_and_told() -> None:
    remembered = {"gateway": 8085, "catalog": 20001, "nats": 20002}
    ports = assign(NAMES, remembered, is_free=lambda port: port != 20001, who=lambda _port: "postgres (pid 7)")
    assert ports["gateway"] == 8085
    assert ports["catalog"] not in {20001, 20002, 8085}
    assert list(ports.notes) == [
        f"port 20001, used for catalog before, is taken by postgres (pid 7): using {ports['catalog']} from now on"
    ]


def test_a_fixed_port_is_used_although_another_is_remembered() -> None:
    assert assign(NAMES, {"gateway": 8085}, gateway=9000, is_free=free)["gateway"] == 9000


def test_a_fixed_port_that_is_taken_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(PortTakenError) as refused:
        assign(NAMES, {}, gateway=8080, is_free=lambda port: port != 8080, who=lambda _port: "nginx (pid 12)")
    assert str(refused.value) == (
        "port 8080 is taken by nginx (pid 12): "
        "stop that program, or choose another port, for example: make run PORT=8090"
    )


def test_no_port_is_given_twice_even_when_a_new_name_appears() -> None:
    remembered = {"catalog": 20001}
    ports = assign(NAMES, remembered, gateway=20002, is_free=free, who=nobody)
    assert len(set(ports.by_name.values())) == len(NAMES)


def test_a_reserved_port_is_nobody_elses_although_nobody_listens_there_yet() -> None:
    (port,) = free_ports(1)
    ours, theirs = Reservations(), Reservations()
    assert ours.take(port) is True
    assert theirs.take(port) is False
    ours.release()
    assert theirs.take(port) is True
    theirs.release()


def test_a_port_where_somebody_listens_cannot_be_reserved() -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        reservations = Reservations()
        assert reservations.take(port) is False
    assert reservations.take(port) is True
    reservations.release()
