from schemas.dead_letters import DeadLetterHeaders
from schemas.records.terms import DeadLetterReason, Stage
from streams.operations.dead_letters import DeadLetter
from streams.operations.dead_letters_redrive import FORCEABLE, RedrivePlan, Refusal
from streams.operations.publish import Coordinates


def letter(offset: int, interaction_id: str) -> DeadLetter:
    return DeadLetter(
        coordinates=Coordinates(topic="qa.dead_letter.scoring.v1", partition=1, offset=offset),
        written_at=1_000,
        headers=DeadLetterHeaders(
            stage=Stage.SCORING,
            reason=DeadLetterReason.RULE_ERROR,
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
        payload=None,
    )


def test_a_plan_is_narrowed_in_what_goes_and_in_what_stays():
    plan = RedrivePlan(
        ready=(letter(1, "a"), letter(2, "b")),
        kept={Refusal.PARKED: (letter(3, "a"), letter(4, "b")), Refusal.UNROUTABLE: (letter(5, "b"),)},
    )

    narrowed = plan.only(lambda one: one.unit == "a")

    assert narrowed == RedrivePlan(ready=(letter(1, "a"),), kept={Refusal.PARKED: (letter(3, "a"),)})


def test_nobody_can_force_what_has_no_bytes_no_way_back_or_a_successor():
    assert set(Refusal) - FORCEABLE == {Refusal.WITHOUT_PAYLOAD, Refusal.UNROUTABLE, Refusal.SUPERSEDED}
