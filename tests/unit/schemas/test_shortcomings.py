import pytest
from msgspec.structs import replace

from schemas.records.completed import (
    AgentLeg,
    InteractionCompleted,
    Message,
    Recording,
    SelfService,
    Step,
    VendorTranscript,
)
from schemas.records.terms import Channel, Consent, Disposition, Role, SelfServiceOutcome
from schemas.shortcomings import shortcomings

CALL = InteractionCompleted(
    interaction_id="c1",
    record_version=1,
    tenant_id="t",
    source_system="s",
    channel=Channel.VOICE,
    disposition=Disposition.HANDLED,
    started_at=1,
    answered_at=2,
    ended_at=9,
    agents=(AgentLeg(agent_id="1", joined_at=2, left_at=9),),
    recordings=(Recording(uri="file:///a", channel_roles=(Role.AGENT, Role.CUSTOMER), sha256="0" * 64),),
)
CHAT = replace(
    CALL,
    channel=Channel.WEB,
    recordings=(),
    messages=(Message(message_id="m", sent_at=1, role=Role.CUSTOMER),),
)
SESSION = replace(
    CALL,
    channel=Channel.SELF_SERVICE,
    disposition=Disposition.SELF_SERVED,
    agents=(),
    recordings=(),
    self_service=SelfService(
        flow_id="f", outcome=SelfServiceOutcome.RESOLVED, steps=(Step(seq=1, node_id="n"),)
    ),
)


@pytest.mark.parametrize("whole", [CALL, CHAT, SESSION])
def test_a_whole_event_has_none(whole):
    assert shortcomings(whole) == []


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (replace(CALL, agents=()), ["agents"]),
        (replace(CALL, answered_at=None), ["answered_at"]),
        (replace(CALL, recordings=()), ["recordings"]),
        (replace(CALL, disposition=Disposition.UNKNOWN), ["disposition"]),
        (replace(CHAT, messages=()), ["messages"]),
        (replace(SESSION, self_service=None), ["self_service.outcome", "self_service.steps"]),
        (
            replace(SESSION, self_service=SelfService(flow_id="f")),
            ["self_service.outcome", "self_service.steps"],
        ),
        (replace(CALL, agents=(AgentLeg(agent_id="1"),)), ["agents[0].joined_at"]),
        (
            replace(CALL, agents=(replace(CALL.agents[0], hold_ms=5, longest_hold_ms=6),)),
            ["agents[0].longest_hold_ms"],
        ),
        (
            replace(CALL, recordings=(Recording(uri="u"),)),
            ["recordings[0].channel_roles", "recordings[0].sha256"],
        ),
        (
            replace(CALL, recordings=(replace(CALL.recordings[0], channel_roles=(Role.MIXED,)),)),
            ["recordings[0].channel_roles"],
        ),
        (replace(CALL, customer_address_key="+8613800138000"), ["customer_address_key"]),
    ],
)
def test_what_is_missing_is_named(event, fields):
    assert [text.partition(": ")[0] for text in shortcomings(event)] == fields


@pytest.mark.parametrize(
    "words",
    [
        {"recording_consent": Consent.DENIED},
        {"transcript": VendorTranscript(provider="v")},
        {"content_uri": "s3://x"},
    ],
)
def test_a_call_needs_no_recording_where_there_are_other_words_or_no_consent(words):
    assert shortcomings(replace(CALL, recordings=(), **words)) == []


def test_a_number_is_not_repeated():
    assert "138" not in " ".join(shortcomings(replace(CALL, customer_key="13800138000")))
