"""Repeats, corrections, new activations and late answers: any order of delivery ends in the same rows."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.records.completed import Survey
from schemas.records.feedback import SurveyAnswered
from schemas.records.scored import InteractionScored
from sinks.memory import MemorySink
from sinks.rows.feedback import embedded_survey_rows, survey_rows
from sinks.rows.results import result_rows
from sinks.tables import TABLES, Rows

AT = 1_790_000_100_000


@pytest.fixture
def deliveries(scored: InteractionScored) -> list[Rows]:
    """The same interaction under two versions and two activations, repeated, with three survey answers."""
    corrected = replace(
        scored,
        header=replace(scored.header, record_version=4),
        result_id="corrected-result",
        legs=(replace(scored.legs[0], result_id="corrected-leg", score=70.0),),
        score=70.0,
    )
    newer = replace(
        scored,
        activation_seq=5,
        result_id="newer-result",
        legs=(replace(scored.legs[0], result_id="newer-leg"),),
        score=60.0,
    )
    back = replace(scored, activation_seq=6)
    answers = [
        SurveyAnswered(
            interaction_id="i-1",
            tenant_id="t-1",
            via="sms",
            offered_at=AT,
            answered_at=AT + late,
            score=score,
        )
        for late, score in ((5_000, 2.0), (9_000, 4.0))
    ]
    early = replace(scored.header, survey=Survey(answered_at=AT + 1_000, score=1.0))
    return [
        result_rows(scored, AT),
        result_rows(scored, AT + 3_600_000),
        result_rows(corrected, AT + 10),
        result_rows(newer, AT + 20),
        result_rows(back, AT + 30),
        *(survey_rows(answer, None) for answer in answers),
        embedded_survey_rows(early, with_comment=False),
    ]


def settled(deliveries: list[Rows]) -> dict[str, list[Any]]:
    """Every table once all of it is written, as a reader sees it."""
    sink = MemorySink()
    for rows in deliveries:
        sink.write(rows)
    return {name: sink.rows_of(name) for name in TABLES}


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_with_any_repeats_ends_in_the_same_rows(deliveries: list[Rows], data: st.DataObject):
    again = data.draw(st.lists(st.sampled_from(range(len(deliveries))), max_size=10))
    order = data.draw(st.permutations([*range(len(deliveries)), *again]))

    assert settled([deliveries[place] for place in order]) == settled(deliveries)


def test_the_latest_answer_and_every_assignment_are_kept(deliveries: list[Rows]):
    tables = settled(deliveries)

    (survey,) = tables["qa.survey"]
    assert 4.0 in survey
    assert len(tables["qa.result"]) == 3
    assert len({row[0:2] for row in tables["qa.survey"]}) == 1
