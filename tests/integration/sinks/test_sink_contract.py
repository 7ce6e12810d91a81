"""What every sink must do, asked of the one in memory and of ClickHouse alike."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec
import pytest

from schemas.records.completed import Link, Survey
from schemas.records.feedback import ReviewRecorded, SurveyAnswered
from schemas.records.terms import LinkKind, Resolved
from sinks.clickhouse import ClickHouseSink
from sinks.memory import MemorySink
from sinks.rows.alerts import alert_rows
from sinks.rows.dead_letters import dead_letter_rows
from sinks.rows.feedback import review_rows, survey_rows
from sinks.rows.intake import intake_rows
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows
from sinks.sink import Sink, SinkRejected
from sinks.tables import TABLES, Row, Rows, merge

pytestmark = pytest.mark.integration
NOON = 1_790_000_000_000
Read = Callable[[str], list[Row]]


class Subject(NamedTuple):
    sink: Sink
    read: Read


@pytest.fixture(params=["memory", "clickhouse"])
def subject(request: pytest.FixtureRequest, records: Any) -> Subject:
    if request.param == "memory":
        memory = MemorySink()
        return Subject(memory, memory.rows_of)
    client = request.getfixturevalue("client")
    sink: ClickHouseSink = request.getfixturevalue("sink")
    return Subject(sink, lambda name: stored(client, name, records.tenant))


def stored(client: Any, name: str, tenant: str) -> list[Row]:
    """Rows of a table as FINAL reads them, times as epoch milliseconds again."""
    table = TABLES[name]
    columns = ", ".join(f"`{column}`" for column in table.columns)
    mine = {"qa.dead_letter": "startsWith(ifNull(interaction_id, ''), {t:String})"}.get(
        name, "tenant_id = {t:String}"
    )
    rows = client.query(
        f"SELECT {columns} FROM {name} FINAL WHERE {mine} ORDER BY {', '.join(table.key)}",
        parameters={"t": tenant},
    ).result_rows
    return [tuple(plain(value) for value in row) for row in rows]


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return round(value.replace(tzinfo=UTC).timestamp() * 1000)
    return value


def everything(records: Any, self_service: Any) -> Rows:
    """Rows of every table, from one record of each kind with most of its fields set."""
    header = records.header(
        "full",
        7,
        source_ids={"call_id": "c-1"},
        attributes={"shift": "夜班"},
        answered_at=NOON - 50_000,
        retain_until=20_000,
        links=(Link(interaction_id="other", kind=LinkKind.PREVIOUS),),
        self_service=self_service(),
        survey=Survey(offered_at=NOON, answered_at=NOON + 5, score=4.0, comment="谢谢"),
    )
    answer = SurveyAnswered(
        tenant_id=records.tenant, interaction_id="later", answered_at=NOON, score=5.0, comment="13800138000"
    )
    review = ReviewRecorded(
        review_id="review-1",
        tenant_id=records.tenant,
        interaction_id="later",
        result_id="result",
        rule_id="deflection",
        reviewer_id="R1",
        reviewed_at=NOON,
    )
    at = records.coordinates()
    return merge(
        [
            intake_rows(at, records.completed("full", 7)),
            interaction_rows(records.transcribed(header), NOON + 1),
            result_rows(records.scored(header), NOON + 2),
            alert_rows(records.alert(header), NOON + 3),
            survey_rows(answer, comment="[电话]"),
            review_rows(review, comment=None),
            dead_letter_rows(
                records.dead_letter(at, interaction_id=header.interaction_id, record_version=7), at
            ),
        ]
    )


def test_a_row_of_every_table_comes_back_as_it_was_written(subject: Subject, records, self_service):
    rows = everything(records, self_service)

    subject.sink.write(rows)

    assert set(rows) == set(TABLES)
    for name, written in rows.items():
        key = [TABLES[name].columns.index(column) for column in TABLES[name].key]
        expected = sorted((tuple(map(plain, row)) for row in written), key=lambda row: [row[k] for k in key])
        assert subject.read(name) == expected, name


def test_writing_the_same_rows_again_changes_nothing(subject: Subject, records, self_service):
    rows = everything(records, self_service)
    subject.sink.write(rows)
    before = {name: subject.read(name) for name in rows}

    subject.sink.write(rows)
    subject.sink.write(rows)

    assert {name: subject.read(name) for name in rows} == before


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_the_highest_record_version_wins_in_any_order(subject: Subject, records, order):
    for version in order:
        header = records.header("i", version, queue_name=f"v{version}")
        subject.sink.write(interaction_rows(records.transcribed(header), NOON))

    rows = subject.read("qa.interaction")

    name = TABLES["qa.interaction"].columns.index("queue_name")
    assert [row[name] for row in rows] == ["v3"]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 1, 3)])
def test_the_earliest_decision_of_one_activation_wins_in_any_order(subject: Subject, records, order):
    header = records.header("i")
    for moment in order:
        scored = records.scored(header, result_id=f"result-{moment}")
        subject.sink.write(result_rows(scored, NOON + moment))

    rows = subject.read("qa.result_assignment")

    result = TABLES["qa.result_assignment"].columns.index("result_id")
    assert [row[result] for row in rows] == ["result-1", "result-1-0"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_two_decisions_of_the_same_millisecond_end_alike_in_any_order(subject: Subject, records, order):
    header = records.header("i")
    for name in order:
        subject.sink.write(result_rows(records.scored(header, result_id=name), NOON))

    rows = subject.read("qa.result_assignment")

    whole = TABLES["qa.result_assignment"].columns.index("interaction_result_id")
    assert {row[whole] for row in rows} == {"b"}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_latest_survey_answer_wins_in_any_order(subject: Subject, records, order):
    header = records.header("i", survey=Survey(offered_at=NOON))
    late = SurveyAnswered(
        tenant_id=records.tenant,
        interaction_id=header.interaction_id,
        answered_at=NOON + 9,
        score=2.0,
        resolved=Resolved.NO,
    )
    answered = msgspec.structs.replace(late, answered_at=NOON + 5, score=5.0)
    writes = [
        interaction_rows(records.transcribed(header), NOON),
        survey_rows(answered, "好"),
        survey_rows(late, None),
    ]

    for n in order:
        subject.sink.write(writes[n])

    score = TABLES["qa.survey"].columns.index("score")
    comment = TABLES["qa_content.survey_comment"].columns.index("comment")
    assert [row[score] for row in subject.read("qa.survey")] == [2.0]
    assert [row[comment] for row in subject.read("qa_content.survey_comment")] == [""]


def test_text_that_is_not_unicode_is_rejected_and_not_repeated_in_the_error(subject: Subject, records):
    rows = interaction_rows(records.transcribed(records.header("i", case_id="张三\ud800")), NOON)

    with pytest.raises(SinkRejected) as caught:
        subject.sink.write(rows)

    assert "张三" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_row_of_the_wrong_width_is_rejected(subject: Subject):
    with pytest.raises(SinkRejected):
        subject.sink.write({"qa.survey": [("tenant", "interaction")]})


def test_a_table_nobody_declared_is_rejected(subject: Subject):
    with pytest.raises(SinkRejected):
        subject.sink.write({"qa.secret": [("x",)]})


def test_the_day_of_an_interaction_is_that_of_its_site(subject: Subject, records):
    half_past_eleven_pm_utc = 1_790_033_400_000
    completed = records.completed("i", ended_at=half_past_eleven_pm_utc, site_timezone="Asia/Shanghai")

    subject.sink.write(intake_rows(records.coordinates(), completed))

    day = TABLES["qa.intake"].columns.index("business_date")
    assert [row[day] for row in subject.read("qa.intake")] == [date(2026, 9, 22)]
