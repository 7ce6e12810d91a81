import pytest

from schemas.dead_letters import DeadLetterHeaders
from schemas.records.terms import DeadLetterReason, Stage
from streams.operations.dead_letters import DeadLetter, Selection, count_by_reason
from streams.operations.publish import Coordinates


def letter(
    reason: DeadLetterReason = DeadLetterReason.INVALID, *, offset: int = 0, interaction_id: str | None = "a"
) -> DeadLetter:
    return DeadLetter(
        coordinates=Coordinates(topic="qa.dead_letter.scoring.v1", partition=1, offset=offset),
        written_at=1_000,
        headers=DeadLetterHeaders(
            stage=Stage.SCORING,
            reason=reason,
            src_topic="qa.interaction.classified.v1",
            src_partition=0,
            src_offset=offset,
            src_timestamp=900,
            group="callqa-scoring",
            app_version="1",
            first_failed_at=950,
            payload_sha256="0" * 64,
            interaction_id=interaction_id,
        ),
        key=b"a",
        payload=b"bytes",
    )


@pytest.mark.parametrize(
    ("selection", "holds"),
    [
        (Selection(), True),
        (Selection(reasons=(DeadLetterReason.INVALID,)), True),
        (Selection(reasons=(DeadLetterReason.UNDECODABLE,)), False),
        (Selection(interaction_ids=("a", "b")), True),
        (Selection(interaction_ids=("b",)), False),
        (Selection(names=("scoring/1@0",)), True),
        (Selection(names=("scoring/1@00",)), False),
        (Selection(names=("qa.dead_letter.scoring.v1[1]@0",)), True),
        (Selection(names=("b", "a")), True),
        (Selection(names=("b",)), False),
        (Selection(names=(letter().headers.dead_letter_id,)), True),
        (Selection(from_ms=1_000, to_ms=1_001), True),
        (Selection(to_ms=1_000), False),
        (Selection(from_ms=1_001), False),
        (
            Selection(coordinates=(Coordinates(topic="qa.dead_letter.scoring.v1", partition=1, offset=0),)),
            True,
        ),
        (
            Selection(coordinates=(Coordinates(topic="qa.dead_letter.scoring.v1", partition=1, offset=1),)),
            False,
        ),
        (Selection(reasons=(DeadLetterReason.INVALID,), interaction_ids=("b",)), False),
    ],
)
def test_selection_holds_when_all_its_conditions_do(selection: Selection, holds: bool) -> None:
    assert selection.holds(letter()) is holds


def test_undecodable_event_is_not_found_by_interaction() -> None:
    assert not Selection(interaction_ids=("a",)).holds(letter(interaction_id=None))


def test_a_letter_is_one_unit_with_its_interaction_and_one_by_its_source_without():
    assert letter().unit == "a"
    assert letter(offset=7, interaction_id=None).unit == "qa.interaction.classified.v1:0:7"


def test_reasons_are_counted_most_frequent_first() -> None:
    letters = [letter(), letter(DeadLetterReason.RULE_ERROR), letter(DeadLetterReason.RULE_ERROR, offset=1)]
    assert list(count_by_reason(letters).items()) == [
        ((Stage.SCORING, DeadLetterReason.RULE_ERROR), 2),
        ((Stage.SCORING, DeadLetterReason.INVALID), 1),
    ]
