"""One user, known by header, basic auth or URL."""

from base64 import b64encode

import pytest

from streams.local.store_server.access import Credentials, check_origin
from streams.local.store_server.faults import Fault

OWNER = Credentials("default", "密码:1")


def _basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        (_basic("default:密码:1"), {}),
        ({"X-ClickHouse-User": "default", "X-ClickHouse-Key": "密码:1"}, {}),
        ({}, {"user": "default", "password": "密码:1"}),
        ({}, {"password": "密码:1"}),
    ],
)
def test_the_user_is_let_in(headers: dict[str, str], query: dict[str, str]) -> None:
    OWNER.check(headers, query)


@pytest.mark.parametrize(
    ("headers", "query", "code", "status"),
    [
        ({}, {}, 194, 401),
        (_basic("default:wrong"), {}, 516, 403),
        (_basic("else:密码:1"), {}, 516, 403),
        ({"Authorization": "Basic ###"}, {}, 516, 403),
        ({"Authorization": "Bearer x"}, {}, 194, 401),
        ({"X-ClickHouse-Key": "wrong"}, {"password": "密码:1"}, 516, 403),
    ],
)
def test_anyone_else_is_not(headers: dict[str, str], query: dict[str, str], code: int, status: int) -> None:
    with pytest.raises(Fault) as raised:
        OWNER.check(headers, query)

    assert (raised.value.code, raised.value.status) == (code, status)


def test_without_a_password_the_default_user_is_let_in() -> None:
    Credentials("default", "").check({}, {})


def test_a_web_page_of_another_origin_is_refused() -> None:
    with pytest.raises(Fault) as raised:
        check_origin({"Host": "127.0.0.1:8123", "Origin": "https://example.com"})

    assert raised.value.code == 497


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com:8123", "a.b:1"])
def test_a_web_page_that_gave_this_machine_its_own_name_is_refused(host: str) -> None:
    with pytest.raises(Fault) as raised:
        check_origin({"Host": host, "Origin": f"http://{host}"})

    assert raised.value.code == 497


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "h:1"},
        {"Host": "h:1", "Origin": "http://h:1"},
        {"Host": "127.0.0.1:8123"},
        {"Host": "[::1]:8123"},
        {"Host": "localhost"},
        {"Host": "callqa.localhost:1"},
        {},
    ],
)
def test_programs_and_pages_of_the_same_origin_are_not(headers: dict[str, str]) -> None:
    check_origin(headers)
