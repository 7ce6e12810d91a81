import pytest

from schemas.framing import Frame, confluent, frame_of, single_object
from schemas.records.terms import DeadLetterReason
from schemas.violation import SchemaViolation


def test_single_object_encoding_is_recognised_by_its_marker():
    assert frame_of(single_object(b"12345678") + b"body") == Frame(fingerprint=b"12345678", body=10)


def test_confluent_framing_is_recognised_by_its_zero_byte():
    assert frame_of(confluent(258) + b"body") == Frame(registry_id=258, body=5)


@pytest.mark.parametrize(
    "data", [None, b"", b"\xc3", b"\xc3\x01\x01", b"\x00\x01", b"{}", b"\xff\x00\x00\x00\x00\x00"]
)
def test_anything_else_is_undecodable(data):
    with pytest.raises(SchemaViolation) as caught:
        frame_of(data)
    assert caught.value.reason is DeadLetterReason.UNDECODABLE
