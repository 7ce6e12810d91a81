"""Words that lie outside the event: fetched under the rules for recordings, checked like words inside it."""

import json

import pytest
from msgspec.structs import replace

from schemas.plain import to_plain
from schemas.records.completed import Segment, VendorTranscript
from schemas.records.terms import Channel, Consent, DeadLetterReason, ExclusionReason, Role
from schemas.records.transcribed import InteractionTranscribed
from schemas.violation import SchemaViolation
from streams.recordings import Fetcher, FetchPolicy
from streams.stages.content import ContentSource
from streams.stages.normalization import NormalizationSteps
from streams.stages.outcome import Unavailable, Unprocessable

WAIT_MS = 60_000


@pytest.fixture
def chat(example, tmp_path):
    """A chat whose messages lie at ``words.json``, and those messages."""
    event = example("InteractionCompleted", "chat")
    claimed = replace(event, messages=(), content_uri=(tmp_path / "words.json").as_uri())
    return claimed, event.messages


@pytest.fixture
def outcome(codec, arrived, tmp_path):
    """What becomes of an event, ``late_ms`` after its end."""

    async def run(event, late_ms=0, roots=(tmp_path,)):
        source = ContentSource(Fetcher(FetchPolicy(roots=roots)), WAIT_MS, lambda: event.ended_at + late_ms)
        steps = NormalizationSteps(codec, content=source)
        record = arrived(event)
        (output,) = await steps.work(record, steps.admit(record))
        return codec.decode(output.value, InteractionTranscribed)

    return run


def put(tmp_path, document):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    (tmp_path / "words.json").write_bytes(content)


def plain(messages):
    return [to_plain(message) for message in messages]


async def test_messages_that_lie_elsewhere_give_the_transcript_that_they_would_give_inside(
    chat, outcome, tmp_path
):
    event, messages = chat
    put(tmp_path, {"messages": plain(messages)})

    fetched = await outcome(event)
    inside = await outcome(replace(event, messages=messages, content_uri=None))

    assert fetched.transcript == inside.transcript
    assert fetched.transcript.turn_text


async def test_words_may_be_longer_than_inside_an_event(chat, outcome, tmp_path):
    event, messages = chat
    long = [replace(messages[0], message_id=f"m{n}", text="长" * 3_000) for n in range(100)]
    put(tmp_path, {"messages": plain(long)})

    assert len((await outcome(event)).transcript.turn_text) == 100


async def test_a_calls_transcript_may_lie_elsewhere_too(example, outcome, tmp_path):
    event = example(
        "InteractionCompleted", "voice", recordings=(), content_uri=(tmp_path / "words.json").as_uri()
    )
    segment = Segment(role=Role.CUSTOMER, start_ms=0, end_ms=900, text="我的手机是13800138000")
    put(tmp_path, {"transcript": to_plain(VendorTranscript(provider="v", segments=(segment,)))})

    heard = await outcome(event)

    assert "我的手机是[电话]" in heard.transcript.turn_text
    assert heard.transcript.hearing.engine == "vendor:v"


async def test_the_words_of_a_call_without_consent_are_not_even_fetched(example, outcome, tmp_path):
    event = example(
        "InteractionCompleted",
        "voice",
        recordings=(),
        recording_consent=Consent.DENIED,
        content_uri=(tmp_path / "not-there.json").as_uri(),
    )

    assert (await outcome(event)).exclusion is ExclusionReason.CONSENT_DENIED


async def test_words_inside_the_event_are_enough(chat, outcome):
    event, messages = chat

    assert (await outcome(replace(event, messages=messages))).transcript.turn_text


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        (b"not json", "no JSON document"),
        (b"[" * 100_000, "no JSON document"),
        ([], "Content"),
        ({"mesages": []}, "mesages"),
        ({"messages": [{"text": "x"}]}, "Content"),
    ],
)
async def test_content_of_another_shape_is_invalid_and_its_text_is_not_told(
    chat, outcome, tmp_path, document, detail
):
    put(tmp_path, document)

    with pytest.raises(SchemaViolation, match=detail) as refused:
        await outcome(chat[0])

    assert refused.value.reason is DeadLetterReason.INVALID


async def test_content_that_contradicts_the_event_is_invalid(chat, outcome, tmp_path):
    event, messages = chat
    put(tmp_path, {"messages": plain([replace(messages[0], sent_at=1)])})

    with pytest.raises(SchemaViolation, match="messages"):
        await outcome(event)


async def test_content_that_is_not_there_is_waited_for_and_then_missing(chat, outcome):
    with pytest.raises(Unavailable):
        await outcome(chat[0], late_ms=WAIT_MS - 1)
    with pytest.raises(Unprocessable) as refused:
        await outcome(chat[0], late_ms=WAIT_MS)

    assert refused.value.reason is DeadLetterReason.RECORDING_MISSING


async def test_nothing_is_fetched_from_where_nothing_is_allowed(chat, outcome, codec, arrived, tmp_path):
    put(tmp_path, {"messages": []})

    with pytest.raises(Unprocessable) as refused:
        await outcome(chat[0], roots=())

    assert refused.value.reason is DeadLetterReason.RECORDING_DENIED
    steps, record = NormalizationSteps(codec), arrived(chat[0])
    with pytest.raises(Unprocessable, match="RECORDING_DENIED"):
        await steps.work(record, steps.admit(record))


async def test_a_content_beyond_all_measure_is_too_large(chat, outcome, tmp_path):
    with (tmp_path / "words.json").open("wb") as file:
        file.truncate((16 << 20) + 1)

    with pytest.raises(Unprocessable) as refused:
        await outcome(chat[0])

    assert refused.value.reason is DeadLetterReason.RECORDING_TOO_LARGE
    assert chat[0].channel is Channel.WEB
