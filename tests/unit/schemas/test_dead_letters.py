from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.dead_letters import DeadLetterHeaders, payload_sha256
from schemas.identity import stable_id
from schemas.records.terms import DeadLetterReason, Stage
from schemas.violation import SchemaViolation

HEADERS = DeadLetterHeaders(
    stage=Stage.NORMALIZATION,
    reason=DeadLetterReason.INVALID,
    error_class="SchemaViolation",
    detail="ended_at: is 5 ms before started_at",
    src_topic="qa.interaction.completed.v1",
    src_partition=3,
    src_offset=41,
    src_timestamp=1_763_946_000_000,
    group="callqa-normalization",
    app_version="0.1.0",
    attempts=2,
    first_failed_at=1_763_946_000_500,
    redrive_count=1,
    payload_sha256=payload_sha256(b"original"),
    interaction_id="c1",
    record_version=7,
    pointer=True,
)


def changed(name: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    return [(header, value if header == name else kept) for header, kept in HEADERS.to_kafka()]


def test_headers_come_back_as_they_were():
    assert DeadLetterHeaders.from_kafka(HEADERS.to_kafka()) == HEADERS


def test_what_is_not_known_is_left_out_and_comes_back_as_null():
    bare = replace(HEADERS, interaction_id=None, record_version=None)

    names = [name for name, _ in bare.to_kafka()]

    assert "callqa-interaction-id" not in names
    assert DeadLetterHeaders.from_kafka(bare.to_kafka()) == bare


def test_every_name_has_the_prefix_and_every_value_is_printable_ascii():
    for name, value in replace(HEADERS, detail="字段\n\x00", error_class="É").to_kafka():
        assert name.startswith("callqa-")
        assert value.decode("ascii").isprintable()


def test_headers_of_other_people_are_passed_over():
    others = [("traceparent", b"00-1"), ("ce_id", None)]

    assert DeadLetterHeaders.from_kafka([*others, *HEADERS.to_kafka()]) == HEADERS


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=600))
def test_no_text_makes_the_way_out_fail(text):
    headers = replace(HEADERS, detail=text, error_class=text, interaction_id=text, group=text).to_kafka()

    read = DeadLetterHeaders.from_kafka(headers)

    assert len(read.detail) <= 512
    assert read.interaction_id in (text, None)
    assert sum(len(name) + len(value) for name, value in headers) < 4096


@pytest.mark.parametrize(
    "headers",
    [
        None,
        [],
        HEADERS.to_kafka()[1:],
        changed("callqa-version", b"2"),
        changed("callqa-stage", b"cooking"),
        changed("callqa-reason", b"BAD_LUCK"),
        changed("callqa-src-offset", b"many"),
        changed("callqa-src-offset", None),
        changed("callqa-pointer", b"perhaps"),
        changed("callqa-detail", b"\xff"),
        changed("callqa-detail", b"x" * 513),
        changed("callqa-group", b"x" * 257),
        [*HEADERS.to_kafka(), ("callqa-stage", b"scoring")],
        [*HEADERS.to_kafka(), ("callqa-colour", b"red")],
        [kept for kept in HEADERS.to_kafka() if kept[0] != "callqa-payload-sha256"],
    ],
)
def test_headers_that_are_missing_malformed_or_unknown_are_a_violation(headers):
    with pytest.raises(SchemaViolation, match="dead letter header callqa-") as caught:
        DeadLetterHeaders.from_kafka(headers)
    assert caught.value.reason is DeadLetterReason.UNDECODABLE


def test_the_id_depends_on_where_the_event_lies_and_on_the_stage_alone():
    again = replace(HEADERS, attempts=9, reason=DeadLetterReason.RULE_ERROR, redrive_count=4, detail="")

    assert again.dead_letter_id == HEADERS.dead_letter_id
    assert HEADERS.dead_letter_id == stable_id(
        "dead_letter", "qa.interaction.completed.v1", 3, 41, "normalization"
    )
    assert replace(HEADERS, src_offset=42).dead_letter_id != HEADERS.dead_letter_id
    assert replace(HEADERS, stage=Stage.DELIVERY).dead_letter_id != HEADERS.dead_letter_id


def test_an_absent_payload_has_the_sum_of_an_empty_one():
    assert payload_sha256(None) == payload_sha256(b"")
    assert payload_sha256(b"a") != payload_sha256(b"b")
