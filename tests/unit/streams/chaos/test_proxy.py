"""The proxy between real sockets."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from streams.chaos.cuts import CutOrders, KafkaApi, KafkaConversation, Moment, TextConversation
from streams.chaos.proxy import ChaosProxy, Mode
from streams.local.ports import free_port


class Server:
    """Answers each chunk with what ``answer`` makes of it, and remembers every byte it was given."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.received = b""
        self.resets = 0
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while chunk := connection.recv(65536):
                    self.received += chunk
                    connection.sendall(self._answer(chunk))
            except ConnectionResetError:
                self.resets += 1

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def server() -> Iterator[Server]:
    echo = Server(lambda chunk: chunk)
    yield echo
    echo.close()


@pytest.fixture
def proxy(server: Server) -> Iterator[ChaosProxy]:
    with ChaosProxy(server.address) as running:
        yield running


@contextlib.contextmanager
def connected(proxy: ChaosProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        yield client


def asked(client: socket.socket, request: bytes) -> bytes:
    client.sendall(request)
    return client.recv(65536)


def eventually(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.01)
    return False


def test_bytes_pass_both_ways_whole_and_the_end_of_a_stream_as_well(proxy: ChaosProxy, server: Server):
    sent = bytes(range(256)) * 4096
    with connected(proxy) as client:
        threading.Thread(target=lambda: (client.sendall(sent), client.shutdown(socket.SHUT_WR))).start()
        received = b"".join(iter(lambda: client.recv(65536), b""))

    assert received == sent


def test_latency_makes_a_client_wait_and_keeps_the_order(proxy: ChaosProxy, server: Server):
    with connected(proxy) as client, proxy.fault(Mode.LATENCY, latency_seconds=1):
        client.settimeout(0.3)
        client.sendall(b"first")
        with pytest.raises(TimeoutError):
            client.recv(1)
        proxy.set_mode(Mode.LATENCY, latency_seconds=0.01)
        client.settimeout(5)
        client.sendall(b"second")
        received = b""
        while len(received) < len(b"firstsecond"):
            received += client.recv(100)

    assert server.received == received == b"firstsecond"


def test_a_blackhole_takes_connections_and_swallows_bytes_and_resets_them_when_it_ends(
    proxy: ChaosProxy, server: Server
):
    with connected(proxy) as old, proxy.fault(Mode.BLACKHOLE), connected(proxy) as new:
        for client in (old, new):
            client.settimeout(0.3)
            client.sendall(b"lost")
            with pytest.raises(TimeoutError):
                client.recv(1)
        proxy.set_mode(Mode.PASS)
        for client in (old, new):
            client.settimeout(5)
            with pytest.raises(ConnectionResetError):
                client.recv(1)

    assert server.received == b""


def test_a_half_open_connection_carries_requests_and_gives_the_answers_late(
    proxy: ChaosProxy, server: Server
):
    with connected(proxy) as client:
        with proxy.fault(Mode.HALF_OPEN):
            client.settimeout(0.3)
            client.sendall(b"done?")
            with pytest.raises(TimeoutError):
                client.recv(1)
            assert server.received == b"done?"
        client.settimeout(5)
        assert client.recv(100) == b"done?"


def test_reset_ends_open_and_new_connections_without_goodbye(proxy: ChaosProxy, server: Server):
    with connected(proxy) as client:
        asked(client, b"open")
        with proxy.fault(Mode.RESET):
            with pytest.raises(ConnectionResetError):
                client.recv(1)
            with pytest.raises(ConnectionResetError), connected(proxy) as new:
                asked(new, b"hello")
        assert eventually(lambda: server.resets == 1)

    with connected(proxy) as client:
        assert asked(client, b"again") == b"again"


def test_reset_once_leaves_new_connections_alone(proxy: ChaosProxy):
    with connected(proxy) as client:
        asked(client, b"open")
        proxy.reset_once()
        with pytest.raises(ConnectionResetError):
            client.recv(1)

    with connected(proxy) as client:
        assert asked(client, b"again") == b"again"


def test_refused_connections_are_taken_again_on_the_same_port(proxy: ChaosProxy):
    port = proxy.port
    with proxy.fault(Mode.REFUSE), pytest.raises(ConnectionRefusedError), connected(proxy):
        pass

    assert proxy.port == port
    with connected(proxy) as client:
        assert asked(client, b"again") == b"again"


def test_a_target_that_does_not_listen_resets_the_client_and_may_be_set_later(server: Server):
    with ChaosProxy(("127.0.0.1", free_port())) as proxy:
        with pytest.raises(ConnectionResetError), connected(proxy) as client:
            asked(client, b"anyone?")
        proxy.target = server.address
        with connected(proxy) as client:
            assert asked(client, b"here") == b"here"


def test_a_cut_before_the_answer_comes_after_the_server_had_the_whole_request(
    proxy: ChaosProxy, server: Server
):
    proxy.cut(b"INSERT", Moment.BEFORE_ANSWER)
    with connected(proxy) as client:
        assert asked(client, b"SELECT 1") == b"SELECT 1"
        with pytest.raises(ConnectionResetError):
            asked(client, b"INSERT INTO t")

    assert server.received == b"SELECT 1INSERT INTO t"
    assert proxy.await_cuts(1, 5)
    with connected(proxy) as client:
        assert asked(client, b"INSERT again") == b"INSERT again"


def test_a_cut_in_the_request_lets_only_a_part_of_it_through(proxy: ChaosProxy, server: Server):
    proxy.cut(b"INSERT", Moment.IN_REQUEST)
    with connected(proxy) as client, pytest.raises(ConnectionResetError):
        asked(client, b"INSERT INTO t VALUES (1)")

    assert len(server.received) < len(b"INSERT INTO t VALUES (1)")
    assert proxy.cuts == 1


def test_cuts_that_were_withdrawn_are_not_made(proxy: ChaosProxy):
    proxy.cut(b"INSERT", Moment.BEFORE_ANSWER)
    proxy.withdraw_cuts()
    with connected(proxy) as client:
        assert asked(client, b"INSERT INTO t") == b"INSERT INTO t"

    assert proxy.cuts == 0


def kafka_request(api: int, correlation: int, body: bytes = b"body") -> bytes:
    return struct.pack(">ihhi", 8 + len(body), api, 9, correlation) + body


def kafka_answers(chunk: bytes) -> bytes:
    """An answer to each whole request of a chunk."""
    answers, at = b"", 0
    while at < len(chunk):
        length, _, _, correlation = struct.unpack_from(">ihhi", chunk, at)
        answers += struct.pack(">ii", 7, correlation) + b"yes"
        at += 4 + length
    return answers


@pytest.fixture
def kafka() -> Iterator[Server]:
    server = Server(kafka_answers)
    yield server
    server.close()


def test_a_cut_after_produce_drops_its_answer_alone(kafka: Server):
    produce, metadata = kafka_request(KafkaApi.PRODUCE, 7), kafka_request(3, 6)
    with ChaosProxy(kafka.address, KafkaConversation) as proxy, connected(proxy) as client:
        proxy.cut(KafkaApi.PRODUCE, Moment.BEFORE_ANSWER)
        assert asked(client, metadata) == kafka_answers(metadata)
        with pytest.raises(ConnectionResetError):
            asked(client, produce)

        assert proxy.await_cuts(1, 5)
    assert kafka.received == metadata + produce


def test_a_kafka_frame_that_comes_in_pieces_is_one_frame():
    orders = CutOrders()
    orders.order(Moment.BEFORE_ANSWER, KafkaApi.OFFSET_COMMIT, 1)
    conversation = KafkaConversation(orders)
    frame = kafka_request(KafkaApi.OFFSET_COMMIT, 4)
    passed = b"".join(conversation.request(bytes([byte])).data for byte in frame)
    answer = kafka_answers(frame)
    passages = [conversation.answer(bytes([byte])) for byte in answer]

    assert passed == frame
    assert [passage.cut for passage in passages] == [False] * (len(answer) - 1) + [True]
    assert b"".join(passage.data for passage in passages) == b""


def test_orders_are_used_up_and_can_be_withdrawn():
    orders = CutOrders()
    orders.order(Moment.IN_REQUEST, b"INSERT", 1)
    orders.order(Moment.BEFORE_ANSWER, b"INSERT", 1)
    conversation = TextConversation(orders)

    assert conversation.request(b"INSERT 1").cut
    assert not conversation.request(b"INSERT 2").cut
    assert conversation.answer(b"ok").cut
    orders.order(Moment.IN_REQUEST, b"SELECT", 1)
    orders.clear()
    assert not conversation.request(b"SELECT").cut
