"""A session keeps its handle while it is used, for one request at a time."""

import pytest

from streams.local.store_server.faults import Fault
from streams.local.store_server.handle import Handle
from streams.local.store_server.parameters import SessionKey
from streams.local.store_server.sessions import Sessions


class Connection:
    """A connection that only knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class World:
    """Sessions on a clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0
        self.opened: list[Connection] = []
        self.sessions = Sessions(self._connect, lambda: self.now)

    def _connect(self) -> Handle:
        self.opened.append(Connection())
        return Handle(self.opened[-1])

    def use(self, key: SessionKey | None) -> Handle:
        handle = self.sessions.take(key)
        self.sessions.leave(key, handle)
        return handle


@pytest.fixture
def world() -> World:
    return World()


def _key(name: str, timeout: int = 60, must_exist: bool = False) -> SessionKey:
    return SessionKey(name, timeout, must_exist)


def test_a_session_is_one_handle(world: World) -> None:
    assert world.use(_key("a")) is world.use(_key("a"))
    assert world.use(_key("a")) is not world.use(_key("b"))


def test_a_request_without_session_gets_a_handle_of_its_own_that_is_closed(world: World) -> None:
    first, second = world.use(None), world.use(None)

    assert first is not second
    assert all(connection.closed for connection in world.opened)


def test_a_session_serves_one_request_at_a_time(world: World) -> None:
    world.sessions.take(_key("a"))

    with pytest.raises(Fault) as raised:
        world.sessions.take(_key("a"))

    assert raised.value.code == 373


def test_a_session_ends_when_it_was_idle_for_its_timeout(world: World) -> None:
    first = world.use(_key("a", timeout=30))
    world.now += 31

    second = world.use(_key("a", timeout=30))

    assert second is not first
    assert world.opened[0].closed


def test_use_keeps_a_session_alive(world: World) -> None:
    first = world.use(_key("a", timeout=30))
    for _ in range(3):
        world.now += 20
        assert world.use(_key("a", timeout=30)) is first


def test_a_session_at_work_does_not_end(world: World) -> None:
    handle = world.sessions.take(_key("a", timeout=1))
    world.now += 1000

    world.sessions.drop_expired()
    world.sessions.leave(_key("a", timeout=1), handle)

    assert world.use(_key("a")) is handle


def test_a_session_that_must_exist_is_not_made(world: World) -> None:
    with pytest.raises(Fault) as raised:
        world.sessions.take(_key("a", must_exist=True))

    assert raised.value.code == 372
    assert world.opened == []


def test_the_session_that_ends_first_makes_room(world: World) -> None:
    for number in range(256):
        world.now += 0.001
        world.use(_key(str(number)))

    world.use(_key("one more"))

    assert [number for number, connection in enumerate(world.opened) if connection.closed] == [0]


def test_closing_closes_all(world: World) -> None:
    world.use(_key("a"))
    world.use(_key("b"))

    world.sessions.close()

    assert all(connection.closed for connection in world.opened)
