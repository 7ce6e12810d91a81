"""Scoring uses the scorecard of the activation that made the findings, and calls people only once."""

import pytest
from msgspec.structs import replace

from processors.scoring import Scorecard, parse_scorecard
from processors.scoring.scorecard import SERVICE_SCORECARD
from schemas.codec import SchemaViolation
from schemas.records.scored import AlertRaised, InteractionScored
from schemas.records.terms import FindingKind, Verdict
from schemas.topics import ALERT_RAISED, CLASSIFIED, SCORED
from streams.stages.scoring import ScoringSteps

CARD = """
id: own
version: "1"
name: {zh: 自用, en: Own}
sections:
  - id: manner
    name: {zh: 规范, en: Manner}
    items:
      - {id: words, name: {zh: 禁语, en: Words}, rules: [forbidden-words], weight: 100}
alerts: {regulator-complaint: COMPLAINT}
"""


class Cards:
    """Gives one scorecard for every activation and remembers which were asked for."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self.asked: list[int | None] = []

    def of(self, seq: int | None) -> Scorecard:
        self.asked.append(seq)
        return self.card


@pytest.fixture
def cards() -> Cards:
    return Cards(parse_scorecard(CARD))


@pytest.fixture
def complaint(example):
    """A call whose customer threatens to go to the regulator."""
    classified = example("InteractionClassified", "call")
    finding = replace(
        classified.classification.findings[0],
        rule_id="regulator-complaint",
        kind=FindingKind.SIGNAL,
        verdict=Verdict.HIT,
    )
    return replace(classified, classification=replace(classified.classification, findings=(finding,)))


async def outputs_of(steps, record):
    return await steps.work(record, steps.admit(record))


async def test_a_score_names_scorecard_activation_and_interaction(cards, codec, example, arrived):
    steps = ScoringSteps(codec, cards.of)

    (output,) = await outputs_of(steps, arrived(example("InteractionClassified", "call"), CLASSIFIED))

    scored = codec.decode(output.value, InteractionScored)
    assert (output.topic, output.key) == (SCORED, scored.header.interaction_id.encode())
    assert (scored.scorecard_id, scored.scorecard_hash) == ("own", cards.card.hash)
    assert scored.activation_seq == 1
    assert cards.asked == [1]


async def test_an_excluded_interaction_is_settled_under_the_current_scorecard(cards, codec, example, arrived):
    steps = ScoringSteps(codec, cards.of)

    (output,) = await outputs_of(steps, arrived(example("InteractionClassified", "excluded"), CLASSIFIED))

    assert cards.asked == [None]
    assert codec.decode(output.value, InteractionScored).exclusion is not None


async def test_an_alert_follows_its_score_under_the_same_key(cards, codec, complaint, arrived):
    scored, alert = await outputs_of(ScoringSteps(codec, cards.of), arrived(complaint, CLASSIFIED))

    assert [scored.topic, alert.topic] == [SCORED, ALERT_RAISED]
    assert scored.key == alert.key
    assert codec.decode(alert.value, AlertRaised).rule_id == "regulator-complaint"


async def test_a_replay_lane_calls_nobody_again(cards, codec, complaint, arrived):
    steps = ScoringSteps(codec, cards.of, alerts=False)

    assert [one.topic for one in await outputs_of(steps, arrived(complaint, CLASSIFIED))] == [SCORED]


async def test_the_same_findings_give_the_same_bytes_again(cards, codec, complaint, arrived):
    steps = ScoringSteps(codec, cards.of)
    record = arrived(complaint, CLASSIFIED)

    assert await outputs_of(steps, record) == await outputs_of(steps, record)


async def test_a_replayed_scoring_puts_the_findings_under_the_newer_activation(
    cards, codec, example, arrived
):
    def renewed(classified):
        return replace(classified, classification=replace(classified.classification, activation_seq=5))

    steps = ScoringSteps(codec, cards.of, renewed=renewed)

    (output,) = await outputs_of(steps, arrived(example("InteractionClassified", "call"), CLASSIFIED))

    assert cards.asked == [5]
    assert codec.decode(output.value, InteractionScored).activation_seq == 5


async def test_the_shipped_scorecard_scores_the_example(codec, example, arrived):
    steps = ScoringSteps(codec, lambda seq: parse_scorecard(SERVICE_SCORECARD.read_text(encoding="utf-8")))

    output, *_ = await outputs_of(steps, arrived(example("InteractionClassified", "call"), CLASSIFIED))

    (leg,) = codec.decode(output.value, InteractionScored).legs
    assert leg.agent_id == "1027"
    assert leg.items


def test_bytes_that_are_no_findings_are_refused(cards, codec, arrived):
    with pytest.raises(SchemaViolation):
        ScoringSteps(codec, cards.of).admit(arrived(None, CLASSIFIED))
