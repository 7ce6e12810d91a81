"""What is shown of a dead letter: never a word of it unless asked for."""

import json

import msgspec
import pytest

from schemas.codec import Codec
from schemas.dead_letters import DeadLetterHeaders, payload_sha256
from schemas.records.completed import InteractionCompleted, Message
from schemas.records.terms import Channel, DeadLetterReason, MessageKind, Role, Stage
from streams.cli.dead_letters_view import letter_document, list_document, plan_document
from streams.operations.dead_letters import DeadLetter
from streams.operations.dead_letters_redrive import RedrivePlan, Refusal
from streams.operations.publish import Coordinates

WORDS = "我的身份证号是110101199003072316"
EVENT = InteractionCompleted(
    interaction_id="chat-1",
    record_version=3,
    tenant_id="t",
    source_system="s",
    channel=Channel.WEB,
    started_at=1_780_000_000_000,
    ended_at=1_780_000_100_000,
    customer_key="customer-77",
    messages=(
        Message(
            message_id="m1",
            sent_at=1_780_000_000_000,
            role=Role.CUSTOMER,
            sender_id="zhang.wei",
            kind=MessageKind.TEXT,
            text=WORDS,
        ),
    ),
)


def letter(payload: bytes, *, offset: int = 5, pointer: bool = False) -> DeadLetter:
    return DeadLetter(
        coordinates=Coordinates(topic="qa.dead_letter.normalization.v1", partition=0, offset=offset),
        written_at=1_780_000_200_000,
        headers=DeadLetterHeaders(
            stage=Stage.NORMALIZATION,
            reason=DeadLetterReason.INVALID,
            src_topic="qa.interaction.completed.v1",
            src_partition=0,
            src_offset=offset,
            src_timestamp=1,
            group="callqa-normalization",
            app_version="1",
            first_failed_at=2,
            payload_sha256=payload_sha256(payload),
            interaction_id="chat-1",
            pointer=pointer,
        ),
        key=b"chat-1",
        payload=payload,
        other_headers=(("trace", b"zhang.wei"),),
    )


@pytest.fixture(scope="module")
def payload() -> bytes:
    return Codec().encode(EVENT)


def text(document: object) -> str:
    return msgspec.json.encode(document).decode()


def test_without_content_a_letter_shows_its_shape_and_nobody(payload: bytes):
    shown = text(letter_document(letter(payload), Codec(), content=False))

    assert WORDS not in shown
    assert "zhang.wei" not in shown
    assert "customer-77" not in shown
    event = json.loads(shown)["event"]
    assert (event["channel"], event["record_version"], event["messages"]) == ("WEB", 3, "(1 项 items)")


def test_with_content_a_letter_shows_the_words(payload: bytes):
    document = letter_document(letter(payload), Codec(), content=True)

    assert WORDS in text(document)
    assert document["problem"] is None


def test_what_cannot_be_decoded_says_why_and_shows_no_bytes():
    document = letter_document(letter(WORDS.encode()), Codec(), content=True)

    assert document["event"] is None
    assert document["problem"]
    assert WORDS not in text(document)


def test_a_pointer_has_no_event(payload: bytes):
    document = letter_document(letter(b"", pointer=True), Codec(), content=True)

    assert (document["event"], document["problem"], document["pointer"]) == (None, None, True)


def test_a_list_holds_counts_places_and_no_content(payload: bytes):
    letters = [letter(payload), letter(payload, offset=6)]

    document = list_document(letters, letters[1:], [], {"chat-1": "scored"})

    assert document["total"] == 2
    assert document["counts"] == [{"stage": "normalization", "reason": "INVALID", "count": 2}]
    assert [(one["place"], one["now"]) for one in document["letters"]] == [("normalization/0@6", "scored")]
    assert WORDS not in text(document)


def test_a_plan_names_what_goes_and_why_the_others_stay(payload: bytes):
    plan = RedrivePlan(ready=(letter(payload),), kept={Refusal.REDRIVEN: (letter(payload, offset=6),)})

    assert plan_document(plan) == {
        "ready": ["normalization/0@5"],
        "kept": {"redriven": ["normalization/0@6"]},
    }
