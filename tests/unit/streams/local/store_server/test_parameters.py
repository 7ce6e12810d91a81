"""URL parameters are sorted into settings, bound values and transport."""

import pytest

from streams.local.store_server.faults import Fault
from streams.local.store_server.parameters import SessionKey, read_parameters


def test_what_is_not_known_as_transport_is_a_setting() -> None:
    parameters = read_parameters(
        [
            ("query", "SELECT 1"),
            ("database", "qa"),
            ("max_threads", "2"),
            ("param_name", "x"),
            ("wait_end_of_query", "1"),
            ("client_protocol_version", "54405"),
            ("enable_http_compression", "1"),
            ("async_insert", "0"),
        ]
    )

    assert parameters.settings == {"max_threads": "2", "async_insert": "0"}
    assert parameters.bound == {"name": "x"}
    assert (parameters.query, parameters.database, parameters.compress_response) == ("SELECT 1", "qa", True)


def test_a_session_has_a_name_and_an_end() -> None:
    parameters = read_parameters([("session_id", "s1"), ("session_timeout", "30"), ("session_check", "1")])

    assert parameters.session == SessionKey("s1", 30, True)


@pytest.mark.parametrize("timeout", ["x", "3601", "-1"])
def test_a_session_without_a_sensible_end_is_refused(timeout: str) -> None:
    with pytest.raises(Fault) as raised:
        read_parameters([("session_id", "s1"), ("session_timeout", timeout)])

    assert raised.value.code == 374


@pytest.mark.parametrize("name", ["compress", "decompress"])
def test_native_frames_are_refused_rather_than_misread(name: str) -> None:
    with pytest.raises(Fault) as raised:
        read_parameters([(name, "1")])

    assert raised.value.code == 48


@pytest.mark.parametrize("name", ["compress", "decompress"])
def test_native_frames_switched_off_are_no_matter(name: str) -> None:
    assert read_parameters([(name, "0")]).settings == {}


@pytest.mark.parametrize("name", ["a b", "x;", "x = 1, y", "1x", ""])
def test_a_setting_that_is_no_identifier_is_refused(name: str) -> None:
    with pytest.raises(Fault) as raised:
        read_parameters([(name, "1")])

    assert raised.value.code == 36


def test_the_description_of_an_external_table_is_no_setting() -> None:
    parameters = read_parameters([("ids_structure", "id UInt8"), ("ids_format", "CSV")], ["ids"])

    assert parameters.settings == {}


@pytest.mark.parametrize("given", ["", "a\nb", "x" * 101, "电话13800138000"])
def test_a_query_id_that_does_not_belong_in_a_log_is_replaced(given: str) -> None:
    parameters = read_parameters([("query_id", given)])

    assert parameters.query_id != given
    assert len(parameters.query_id) == 36


def test_a_plain_query_id_is_kept() -> None:
    assert read_parameters([("query_id", "delivery-7")]).query_id == "delivery-7"
