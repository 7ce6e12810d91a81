import pytest

from schemas.plain import from_plain, to_plain
from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Channel, DeadLetterReason
from schemas.violation import SchemaViolation

CALL = {
    "interaction_id": "c1",
    "record_version": 1,
    "tenant_id": "t",
    "source_system": "s",
    "channel": "VOICE",
    "started_at": 1,
    "ended_at": 2,
    "attributes": {"anything": "goes"},
    "agents": [{"agent_id": "1"}],
}


def test_missing_optional_fields_get_their_defaults():
    record = from_plain(CALL, InteractionCompleted)

    assert record.channel is Channel.VOICE
    assert record.recordings == ()


def test_plain_and_back_is_the_same_record():
    record = from_plain(CALL, InteractionCompleted)

    assert from_plain(to_plain(record), InteractionCompleted) == record


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"ended": 3}, "ended: no such field"),
        ({"agents": [{"agent_id": "1"}, {"agent_id": "2", "team": "x"}]}, r"agents\[1\].team: no such field"),
        ({"started_at": "1"}, "started_at"),
        ({"channel": "TELEPATHY"}, "channel: Invalid symbol of the enumeration"),
        ({"agents": [{}]}, r"agents\[0\]: Object missing required field `agent_id`"),
    ],
)
def test_a_mistake_is_named_by_its_field(change, named):
    with pytest.raises(SchemaViolation, match=named) as caught:
        from_plain({**CALL, **change}, InteractionCompleted)
    assert caught.value.reason is DeadLetterReason.INVALID


def test_a_value_is_not_repeated():
    with pytest.raises(SchemaViolation) as caught:
        from_plain({**CALL, "channel": "13800138000"}, InteractionCompleted)
    assert "138" not in str(caught.value)


def test_what_is_no_object_is_a_violation():
    with pytest.raises(SchemaViolation):
        from_plain([1], InteractionCompleted)
