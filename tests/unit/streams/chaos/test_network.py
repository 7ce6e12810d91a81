"""The workers' network under a fault, between real sockets."""

import socket
import threading
from collections.abc import Iterator

import pytest

from streams.chaos.faults import Disturbance, Network, Target
from streams.chaos.network import DisturbedNetwork


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that gives back what it is sent."""

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                while chunk := connection.recv(65536):
                    connection.sendall(chunk)
            except ConnectionResetError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture
def network(echo_port: int) -> Iterator[DisturbedNetwork]:
    disturbed = DisturbedNetwork()
    disturbed.start(echo_port, echo_port)
    yield disturbed
    disturbed.stop()


def test_an_answer_asked_after_a_fault_of_lost_answers_arrives(network: DisturbedNetwork):
    network.disturb(Network(Target.STORE, Disturbance.LOST_ANSWER, 0.01))

    with socket.create_connection(("127.0.0.1", network.store.port), timeout=5) as client:
        client.sendall(b"INSERT INTO t")
        assert client.recv(65536) == b"INSERT INTO t"

    assert network.store.cuts == 0
