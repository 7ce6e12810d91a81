"""What status, trace and the transcription stage read back."""

import msgspec
import pytest

from schemas.records.terms import DeadLetterReason, ExclusionReason
from sinks.reads import CoverageCounts, coverage, hearing, reasons, trace
from sinks.rows.dead_letters import dead_letter_rows
from sinks.rows.intake import intake_rows
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows

pytestmark = pytest.mark.integration
NOON = 1_790_000_000_000


def difference(after: CoverageCounts, before: CoverageCounts) -> dict[str, int]:
    names = CoverageCounts.__struct_fields__
    return {name: getattr(after, name) - getattr(before, name) for name in names}


def test_coverage_counts_units_by_state_and_adds_them_up(sink, client, records):
    before = coverage(client)
    for name in ("a", "b", "c"):
        sink.write(intake_rows(records.coordinates(), records.completed(name)))
    sink.write(result_rows(records.scored(records.header("a")), NOON))
    sink.write(result_rows(records.excluded(records.header("b"), ExclusionReason.NO_CONTENT), NOON))

    grown = difference(coverage(client), before)

    assert grown == {"received": 3, "scored": 1, "excluded": 1, "dead_lettered": 0, "in_flight": 1}


def test_reasons_say_why_units_were_excluded_or_set_aside(sink, client, records):
    at = records.coordinates()
    sink.write(intake_rows(at, None))
    sink.write(dead_letter_rows(records.dead_letter(at, reason=DeadLetterReason.ASR_CRASH), at))

    found = [each for each in reasons(client) if each.reason == "ASR_CRASH"]

    assert [(each.state, each.stage, each.count) for each in found] == [("dead_lettered", "transcription", 1)]


def test_a_trace_holds_every_row_of_the_interaction_and_no_words(sink, client, records):
    header = records.header("i")
    sink.write(intake_rows(records.coordinates(), records.completed("i")))
    sink.write(interaction_rows(records.transcribed(header), NOON))
    sink.write(result_rows(records.scored(header), NOON))
    sink.write(result_rows(records.scored(records.header("other")), NOON))

    rows = trace(client, header.interaction_id)

    assert rows[0].table == "qa.intake"
    assert {"qa.interaction", "qa.agent_leg", "qa.transcript", "qa.result"} <= {row.table for row in rows}
    assert {row.values["interaction_id"] for row in rows} == {header.interaction_id}
    assert "您好" not in repr(rows)


def test_the_first_hearing_of_a_recording_comes_back_exactly(sink, client, records):
    transcript = records.transcribed(records.header("i")).transcript
    again = msgspec.structs.replace(transcript, transcript_id="transcript-2")
    sink.write(interaction_rows(records.transcribed(records.header("i", 2), transcript=again), NOON + 5))
    sink.write(interaction_rows(records.transcribed(records.header("i", 1)), NOON))

    heard = hearing(client, records.tenant, transcript.hearing_key)

    assert heard == transcript


def test_a_hearing_of_another_tenant_is_not_given_away(sink, client, records):
    record = records.transcribed(records.header("i"))
    sink.write(interaction_rows(record, NOON))

    assert hearing(client, "somebody else", record.transcript.hearing_key) is None


def test_a_hearing_in_a_shape_that_cannot_be_read_counts_as_none(sink, client, records):
    rows = interaction_rows(records.transcribed(records.header("i")), NOON)
    [row] = rows["qa_content.hearing"]
    rows["qa_content.hearing"] = [tuple('{"transcript_id": 1}' if str(v).startswith("{") else v for v in row)]

    sink.write(rows)

    assert hearing(client, records.tenant, "hearing-1") is None


def test_a_transcript_that_no_model_heard_is_not_kept_as_a_hearing(sink, client, records):
    transcript = records.transcribed(records.header("i")).transcript
    written = msgspec.structs.replace(
        transcript, hearing=msgspec.structs.replace(transcript.hearing, model_sha256="")
    )

    sink.write(interaction_rows(records.transcribed(records.header("i"), transcript=written), NOON))

    assert hearing(client, records.tenant, transcript.hearing_key) is None
