"""The text lane takes what has words already, and every event that no lane can take."""

import pytest
from msgspec.structs import replace

from processors.redaction import MaskStyle, RedactionPolicy
from schemas.codec import SchemaViolation
from schemas.records.completed import Message
from schemas.records.terms import Channel, DeadLetterReason, ExclusionReason, MessageKind, Role
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import COMPLETED, TRANSCRIBED
from streams.stages.normalization import NormalizationSteps


@pytest.fixture
def steps(codec) -> NormalizationSteps:
    return NormalizationSteps(codec)


async def outcome(steps, record, codec) -> InteractionTranscribed:
    (output,) = await steps.work(record, steps.admit(record))
    assert output.topic == TRANSCRIBED
    found = codec.decode(output.value, InteractionTranscribed)
    assert output.key == found.header.interaction_id.encode()
    return found


def test_it_reads_completed_interactions_only(steps):
    assert steps.inputs == (COMPLETED,)


@pytest.mark.parametrize("case", ["chat", "self-service", "voice-with-vendor-transcript"])
async def test_a_text_interaction_becomes_a_transcript_that_names_where_its_event_lies(
    steps, example, arrived, codec, case
):
    record = arrived(example("InteractionCompleted", case), partition=5, offset=12, timestamp_ms=9)

    found = await outcome(steps, record, codec)

    assert found.transcript.turns()
    header = found.header
    assert (header.source_topic, header.source_partition, header.source_offset) == (COMPLETED, 5, 12)
    assert header.source_timestamp == 9


async def test_numbers_that_name_a_person_do_not_leave_the_stage(steps, example, arrived, codec):
    event = example("InteractionCompleted", "chat")
    said = Message(
        message_id="m6",
        sent_at=event.messages[-1].sent_at + 1,
        role=Role.CUSTOMER,
        kind=MessageKind.TEXT,
        text="我的身份证是11010519491231002X",
    )
    changed = example("InteractionCompleted", "chat", messages=(*event.messages, said))
    record = arrived(changed)

    (output,) = await steps.work(record, steps.admit(record))

    assert b"11010519491231002" not in output.value
    assert "身份证".encode() in output.value


def test_a_call_to_be_heard_is_the_other_lanes(steps, example, arrived):
    assert steps.admit(arrived(example("InteractionCompleted", "voice"))) is None


async def test_a_chat_without_words_is_excluded_with_a_reason(steps, example, arrived, codec):
    event = example("InteractionCompleted", "chat", messages=(), self_service=None)

    found = await outcome(steps, arrived(event), codec)

    assert found.transcript is None
    assert found.exclusion is ExclusionReason.NO_CONTENT


@pytest.mark.parametrize("value", [None, b"", b"not avro at all", b"\xc3\x01" + b"\0" * 40])
def test_bytes_that_are_no_event_are_this_lanes_to_set_aside(steps, arrived, value):
    with pytest.raises(SchemaViolation):
        steps.admit(arrived(value))


def test_an_event_of_a_channel_that_nobody_knows_is_set_aside_once_here(steps, example, arrived):
    event = example("InteractionCompleted", "chat", channel=Channel.UNKNOWN)

    with pytest.raises(SchemaViolation) as caught:
        steps.admit(arrived(event))

    assert caught.value.reason is DeadLetterReason.UNKNOWN_CHANNEL


def test_a_call_that_contradicts_itself_is_set_aside_here_and_not_in_the_voice_lane(steps, example, arrived):
    event = example("InteractionCompleted", "voice")

    with pytest.raises(SchemaViolation) as caught:
        steps.admit(arrived(example("InteractionCompleted", "voice", ended_at=event.started_at - 1)))

    assert caught.value.reason is DeadLetterReason.INVALID


async def test_words_are_masked_as_the_policy_says(example, arrived, codec):
    event = example("InteractionCompleted", "chat")
    message = replace(event.messages[0], kind=MessageKind.TEXT, text="电话13800138000", role=Role.CUSTOMER)
    steps = NormalizationSteps(codec, RedactionPolicy(style=MaskStyle.TAIL))

    found = await outcome(steps, arrived(replace(event, messages=(message,))), codec)

    assert [turn.text for turn in found.transcript.turns() if "电话" in turn.text] == ["电话[电话*8000]"]
    assert found.transcript.hearing.redaction_version == steps_version(MaskStyle.TAIL)


def steps_version(style):
    return RedactionPolicy(style=style).version
