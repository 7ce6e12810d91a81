from processors.transcript import DraftTurn
from processors.transcript.legs import leg_of
from schemas.records.completed import AgentLeg
from schemas.records.terms import Role, TurnKind

ZERO_AT = 1_760_000_000_000


def turn(at_ms: int, party: Role = Role.AGENT, **more: object) -> DraftTurn:
    return DraftTurn(party=party, start_ms=at_ms - 500, end_ms=at_ms + 500, text="您好", **more)


def leg(agent_id: str, joined_s: int | None = None, left_s: int | None = None) -> AgentLeg:
    return AgentLeg(
        agent_id=agent_id,
        joined_at=None if joined_s is None else ZERO_AT + joined_s * 1000,
        left_at=None if left_s is None else ZERO_AT + left_s * 1000,
    )


def test_the_leg_whose_time_covers_the_middle_counts() -> None:
    legs = (leg("a", 5, 60), leg("b", 60, 120))
    assert [leg_of(turn(at), legs, ZERO_AT) for at in (30_000, 59_999, 60_000, 90_000)] == [0, 0, 1, 1]


def test_speech_far_outside_every_leg_belongs_to_none() -> None:
    assert leg_of(turn(90_000), (leg("a", 5, 60),), ZERO_AT) == -1


def test_times_rounded_to_seconds_are_tolerated() -> None:
    assert leg_of(turn(60_900), (leg("a", 5, 60),), ZERO_AT) == 0


def test_a_missing_border_is_open() -> None:
    legs = (leg("a", None, 60), leg("b", 60, None))
    assert [leg_of(turn(at), legs, ZERO_AT) for at in (1_000, 600_000)] == [0, 1]


def test_a_single_leg_without_times_covers_both_parties_but_no_machine() -> None:
    parties = (Role.AGENT, Role.CUSTOMER, Role.BOT, Role.SYSTEM)
    assert [leg_of(turn(1_000, party), (leg("a"),), ZERO_AT) for party in parties] == [0, 0, -1, -1]


def test_two_legs_without_times_name_nobody() -> None:
    assert leg_of(turn(1_000), (leg("a"), leg("b")), ZERO_AT) == -1


def test_where_legs_overlap_the_agent_is_in_doubt_and_the_customer_is_with_the_later() -> None:
    legs = (leg("a", 0, 60), leg("b", 50, 120))
    assert leg_of(turn(55_000), legs, ZERO_AT) == -1
    assert leg_of(turn(55_000, Role.CUSTOMER), legs, ZERO_AT) == 1


def test_a_named_sender_belongs_to_the_leg_of_that_name() -> None:
    legs = (leg("a", 0, 60), leg("b", 0, 60))
    assert leg_of(turn(30_000, speaker_id="b", kind=TurnKind.MESSAGE), legs, ZERO_AT) == 1
    assert leg_of(turn(30_000, speaker_id="c", kind=TurnKind.MESSAGE), legs, ZERO_AT) == -1


def test_an_agent_who_came_twice_is_judged_in_the_leg_of_that_time() -> None:
    legs = (leg("a", 0, 60), leg("b", 60, 90), leg("a", 90, 120))
    assert leg_of(turn(100_000, speaker_id="a"), legs, ZERO_AT) == 2
    assert leg_of(turn(70_000, speaker_id="a"), legs, ZERO_AT) == 0


def test_without_legs_there_is_none() -> None:
    assert leg_of(turn(1_000), (), ZERO_AT) == -1
