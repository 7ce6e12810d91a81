from __future__ import annotations

import io
import json

import avro.io
import avro.schema
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.avro_files import SchemaFiles, wire_form
from schemas.codec import RECORD_TYPES, Codec, RegisteredSchemas, SchemaViolation
from schemas.records.completed import InteractionCompleted, Message
from schemas.records.feedback import SurveyAnswered
from schemas.records.scored import AlertRaised
from schemas.records.terms import AlertKind, Channel, DeadLetterReason, Role

SOME = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.generate],  # a failing record is as telling as a smaller one, and comes minutes sooner
    suppress_health_check=list(HealthCheck),
)
EVENT = InteractionCompleted(
    interaction_id="c1",
    record_version=7,
    tenant_id="t",
    source_system="pbx",
    channel=Channel.WEB,
    started_at=1_763_946_000_000,
    ended_at=1_763_946_060_000,
    messages=(Message(message_id="m1", sent_at=1_763_946_001_000, role=Role.CUSTOMER, text="你好"),),
)
SURVEY = SurveyAnswered(tenant_id="t", interaction_id="c1", score=4.6)


def with_lists(value: object) -> object:
    """Apache avro takes lists only where msgspec gives tuples."""
    if isinstance(value, dict):
        return {name: with_lists(member) for name, member in value.items()}
    if isinstance(value, tuple):
        return [with_lists(member) for member in value]
    return value


def reason_of(codec: Codec, data: bytes | None, record_type: type[msgspec.Struct]) -> DeadLetterReason:
    with pytest.raises(SchemaViolation) as caught:
        codec.decode(data, record_type)
    assert caught.value.detail.isascii()
    assert len(caught.value.detail) <= 512
    return caught.value.reason


@pytest.mark.parametrize("record_type", RECORD_TYPES.values(), ids=RECORD_TYPES)
@SOME
@given(data=st.data())
def test_every_record_comes_back_as_it_was(codec, any_record, record_type, data):
    record = data.draw(any_record(record_type))

    assert codec.decode(codec.encode(record), record_type) == record


@pytest.mark.parametrize("record_type", RECORD_TYPES.values(), ids=RECORD_TYPES)
@SOME
@given(data=st.data())
def test_fastavro_and_apache_avro_write_the_same_bytes(codec, any_record, record_type, data):
    record = data.draw(any_record(record_type))
    schema = avro.schema.parse(json.dumps(wire_form(SchemaFiles().compose(record_type.__name__))))
    reference = io.BytesIO()
    avro.io.DatumWriter(schema).write(
        with_lists(msgspec.to_builtins(record)), avro.io.BinaryEncoder(reference)
    )

    written = codec.encode(record)

    assert written == b"\xc3\x01" + schema.fingerprint() + reference.getvalue()


def test_a_value_begins_with_the_marker_and_the_fingerprint_of_the_avro_specification(codec):
    written = codec.encode(SURVEY)

    assert written[:2] == b"\xc3\x01"
    assert written[2:10] == codec.fingerprint(SurveyAnswered)


@pytest.mark.parametrize("record_type", RECORD_TYPES.values(), ids=RECORD_TYPES)
@SOME
@given(body=st.binary(max_size=200))
def test_random_bodies_are_violations_or_records(codec, record_type, body):
    try:
        record = codec.decode(b"\xc3\x01" + codec.fingerprint(record_type) + body, record_type)
    except SchemaViolation:
        return
    assert isinstance(record, record_type)


@SOME
@given(value=st.binary(max_size=64))
def test_random_values_are_violations(codec, value):
    assert reason_of(codec, value, InteractionCompleted) in (
        DeadLetterReason.UNDECODABLE,
        DeadLetterReason.SCHEMA_UNKNOWN,
    )


@pytest.mark.parametrize("record_type", RECORD_TYPES.values(), ids=RECORD_TYPES)
@SOME
@given(data=st.data())
def test_every_truncation_is_a_violation(codec, any_record, record_type, data):
    whole = codec.encode(data.draw(any_record(record_type)))
    cut = data.draw(st.integers(min_value=0, max_value=len(whole) - 1))

    reason_of(codec, whole[:cut], record_type)


@SOME
@given(extra=st.binary(min_size=1, max_size=20))
def test_bytes_left_over_are_a_violation(codec, extra):

    assert reason_of(codec, codec.encode(EVENT) + extra, InteractionCompleted) is DeadLetterReason.UNDECODABLE


@SOME
@given(data=st.data())
def test_a_flipped_bit_never_raises_anything_but_a_violation(codec, data):
    value = bytearray(codec.encode(EVENT))
    bit = data.draw(st.integers(min_value=0, max_value=len(value) * 8 - 1))
    value[bit // 8] ^= 1 << bit % 8
    try:
        record = codec.decode(bytes(value), InteractionCompleted)
    except SchemaViolation:
        return
    assert record != EVENT


@pytest.mark.parametrize(
    "value", [None, b"", b"\xc3", b"\xc3\x01\x00", b"\x00\x00\x00", b'{"a": 1}', b"\x01\x02"]
)
def test_what_has_no_frame_is_undecodable(codec, value):
    assert reason_of(codec, value, InteractionCompleted) is DeadLetterReason.UNDECODABLE


def test_an_unknown_fingerprint_is_an_unknown_schema(codec):
    value = b"\xc3\x01" + bytes(8) + codec.encode(SURVEY)[10:]

    assert reason_of(codec, value, SurveyAnswered) is DeadLetterReason.SCHEMA_UNKNOWN


def test_a_record_of_another_topic_is_named(codec):
    with pytest.raises(
        SchemaViolation, match="is a record SurveyAnswered: send InteractionCompleted"
    ) as caught:
        codec.decode(codec.encode(SURVEY), InteractionCompleted)
    assert caught.value.reason is DeadLetterReason.INVALID


def test_details_do_not_repeat_content(codec):
    secret = "6222021234567890123"
    value = codec.encode(msgspec.structs.replace(SURVEY, comment=secret))

    with pytest.raises(SchemaViolation) as caught:
        codec.decode(value[:-3], SurveyAnswered)

    assert secret[:6] not in str(caught.value)


@pytest.mark.parametrize("index", [-1, -2])
def test_a_negative_enum_index_is_refused_although_fastavro_takes_it(codec, index):
    value = codec.encode(SURVEY)
    resolved_at = len(value) - 2  # resolved, then the null comment, one byte each
    zigzag = (-index << 1) - 1
    value = value[:resolved_at] + bytes([zigzag]) + value[resolved_at + 1 :]

    assert reason_of(codec, value, SurveyAnswered) is DeadLetterReason.UNDECODABLE


def test_an_overlong_integer_is_refused_although_fastavro_takes_it(codec):
    value = codec.encode(SURVEY)
    overlong_null = b"\x80" * 11 + b"\x00"

    assert reason_of(codec, value[:-1] + overlong_null, SurveyAnswered) is DeadLetterReason.UNDECODABLE


def test_an_array_in_several_blocks_is_legal_avro(codec):
    two = msgspec.structs.replace(EVENT, messages=EVENT.messages * 2, content_uri=None)
    value = codec.encode(two)
    one = codec.encode(EVENT)
    tail = b"\x00\x00"  # end of messages, null content_uri
    message = one[: -len(tail)].split(b"\x02\x04m1")[-1]
    item = b"\x04m1" + message
    in_blocks = value[: value.index(b"\x04\x04m1")] + b"\x02" + item + b"\x02" + item + tail

    assert in_blocks != value
    assert codec.decode(in_blocks, InteractionCompleted) == two


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("score", "4"),
        ("tenant_id", None),
        ("resolved", "PERHAPS"),
        ("answered_at", 1.5),
        ("comment", "\ud800"),
    ],
)
def test_a_field_that_does_not_fit_is_not_written(codec, field, value):
    with pytest.raises(SchemaViolation) as caught:
        codec.encode(msgspec.structs.replace(SURVEY, **{field: value}))
    assert caught.value.reason is DeadLetterReason.INVALID


def test_an_integer_that_no_long_holds_is_not_written(codec):
    with pytest.raises(SchemaViolation):
        codec.encode(msgspec.structs.replace(EVENT, record_version=2**63))


def test_confluent_framing_is_read_and_written_when_a_registry_is_given():
    schema = json.dumps(SchemaFiles().compose("SurveyAnswered"))
    codec = Codec(registry=RegisteredSchemas(by_id={71: schema}, write_ids={"SurveyAnswered": 71}))

    value = codec.encode(SURVEY)

    assert value[:5] == b"\x00\x00\x00\x00\x47"
    assert codec.decode(value, SurveyAnswered) == SURVEY
    assert codec.decode(codec.encode(SURVEY), SurveyAnswered) == SURVEY


def test_a_record_without_a_write_id_keeps_single_object_encoding():
    schema = json.dumps(SchemaFiles().compose("SurveyAnswered"))
    codec = Codec(registry=RegisteredSchemas(by_id={71: schema}, write_ids={"SurveyAnswered": 71}))

    assert codec.encode(EVENT)[:2] == b"\xc3\x01"


def test_a_registry_id_that_is_not_at_hand_is_an_unknown_schema(codec):
    value = b"\x00" + (9).to_bytes(4, "big") + codec.encode(SURVEY)[10:]

    assert reason_of(codec, value, SurveyAnswered) is DeadLetterReason.SCHEMA_UNKNOWN


@pytest.mark.parametrize(
    "schema",
    [
        "not json",
        '{"type": "record"}',
        '{"type": "record", "name": "SurveyAnswered", "fields": []}',
        '"string"',
    ],
)
def test_a_registry_schema_that_cannot_be_read_as_the_record_is_refused(schema):
    codec = Codec(registry=RegisteredSchemas(by_id={5: schema}))
    value = b"\x00\x00\x00\x00\x05" + codec.encode(SURVEY)[10:]

    assert reason_of(codec, value, SurveyAnswered) is DeadLetterReason.SCHEMA_UNKNOWN


@pytest.mark.parametrize("by_id", [{}, {3: json.dumps(SchemaFiles().compose("AlertRaised"))}])
def test_writing_with_an_id_of_another_schema_is_refused_at_the_start(by_id):
    with pytest.raises(ValueError, match="registry id 3"):
        Codec(registry=RegisteredSchemas(by_id=by_id, write_ids={"SurveyAnswered": 3}))


def test_a_writer_with_more_symbols_and_fields_is_read_with_the_enum_default():
    schema = SchemaFiles().compose("AlertRaised")
    kind = next(field for field in schema["fields"] if field["name"] == "kind")["type"]
    kind["symbols"] = [*kind["symbols"], "COACHING"]
    schema["fields"].insert(0, {"name": "colour", "type": "string", "default": ""})
    newer = avro.schema.parse(json.dumps(wire_form(schema)))
    alert = AlertRaised(
        alert_id="a",
        kind=AlertKind.SUPERVISOR,
        tenant_id="t",
        interaction_id="c1",
        record_version=1,
        rule_id="r",
        rule_name="规则",
        ended_at=5,
    )
    datum = {**msgspec.json.decode(msgspec.json.encode(alert)), "kind": "COACHING", "colour": "red"}
    body = io.BytesIO()
    avro.io.DatumWriter(newer).write(datum, avro.io.BinaryEncoder(body))
    codec = Codec(registry=RegisteredSchemas(by_id={1: json.dumps(schema)}))

    read = codec.decode(b"\x00\x00\x00\x00\x01" + body.getvalue(), AlertRaised)

    assert read == msgspec.structs.replace(alert, kind=AlertKind.UNKNOWN)
