from processors.transcript import SourceCoordinates, header_of
from schemas.records.completed import (
    InteractionCompleted,
    InteractionFacts,
    Message,
    SelfService,
    Step,
    Survey,
)
from schemas.records.terms import Channel, Role

SOURCE = SourceCoordinates(
    topic="qa.interaction.completed.v1", partition=3, offset=42, timestamp_ms=1_760_000_100_000
)


def completed(**changes: object) -> InteractionCompleted:
    given: dict[str, object] = {
        "interaction_id": "i-1",
        "record_version": 7,
        "tenant_id": "t",
        "source_system": "test",
        "channel": Channel.WEB,
        "started_at": 1_760_000_000_000,
        "ended_at": 1_760_000_060_000,
    }
    return InteractionCompleted(**{**given, **changes})


def test_all_facts_and_the_coordinates_travel() -> None:
    event = completed(queue_id="billing", attributes={"a": "b"})
    header = header_of(event, SOURCE)
    assert all(getattr(header, name) == getattr(event, name) for name in InteractionFacts.__struct_fields__)
    assert (header.source_topic, header.source_partition) == ("qa.interaction.completed.v1", 3)
    assert (header.source_offset, header.source_timestamp) == (42, 1_760_000_100_000)


def test_words_do_not_travel() -> None:
    message = Message(message_id="m", sent_at=1_760_000_000_000, role=Role.CUSTOMER, text="秘密")
    assert "秘密" not in repr(header_of(completed(messages=(message,)), SOURCE))


def test_inputs_of_self_service_are_dropped_and_the_comment_is_redacted() -> None:
    steps = (Step(seq=1, node_id="id", input_value="110101199003072316"),)
    header = header_of(
        completed(
            self_service=SelfService(flow_id="f", steps=steps),
            survey=Survey(comment="请打13800138000"),
        ),
        SOURCE,
    )
    assert header.self_service is not None
    assert header.self_service.steps == (Step(seq=1, node_id="id"),)
    assert header.survey is not None
    assert header.survey.comment == "请打[电话]"
