from datetime import date

import msgspec

from schemas.records.completed import Link, Recording, SelfService, Step, Survey
from schemas.records.terms import (
    Doubt,
    Entity,
    ExclusionReason,
    LinkKind,
    Role,
    SelfServiceOutcome,
    SystemSound,
)
from schemas.records.transcribed import (
    Hearing,
    InteractionTranscribed,
    Loudness,
    Measures,
    RaisedVoice,
    Reading,
    Redaction,
    Silence,
    SystemStretch,
    Transcript,
    Turn,
    Word,
    columns_of,
)
from sinks.rows.interaction import interaction_rows
from sinks.tables import LOUDNESS, TIMELINE, TRANSCRIPT, TURN

NOON = 1_790_000_000_000
SAID = "我的号码是[电话]"


def transcript(model_sha256: str = "ab") -> Transcript:
    turns = [
        Turn(party=Role.AGENT, start_ms=0, end_ms=900, text="您好", normalised="您好"),
        Turn(party=Role.CUSTOMER, start_ms=900, end_ms=2000, text=SAID, normalised=SAID),
    ]
    words = [Word(turn=1, start=0, end=2, start_ms=900, end_ms=1200, probability=0.5)]
    redactions = [Redaction(turn=1, start=5, end=9, entity=Entity.PHONE)]
    return Transcript(
        transcript_id="x",
        hearing_key="h",
        hearing=Hearing(engine="e", engine_version="1", model_sha256=model_sha256),
        language="zh",
        measures=Measures(definition_version="1", silence_ms=0),
        **columns_of("turn_", turns, Turn),
        **columns_of("word_", words, Word),
        **columns_of("redaction_", redactions, Redaction),
    )


def test_the_facts_carry_counts_of_their_children_and_the_place_they_came_from(header, named):
    header = msgspec.structs.replace(
        header,
        retain_until=20_000,
        links=(Link(interaction_id="i-0", kind=LinkKind.PREVIOUS),),
        self_service=SelfService(
            flow_id="f", outcome=SelfServiceOutcome.FAILED, steps=(Step(seq=1, node_id="n", input_value="1"),)
        ),
    )
    record = InteractionTranscribed(
        header=header, transcript=transcript(), recordings=(Recording(uri="file:///a.wav"),)
    )

    rows = interaction_rows(record, NOON)

    [row] = named(rows, "qa.interaction")
    assert (row["leg_count"], row["step_count"], row["link_count"], row["recording_count"]) == (1, 1, 1, 1)
    assert (row["source_partition"], row["source_offset"]) == (2, 40)
    assert row["retain_until"] == date(2024, 10, 4)
    assert row["self_service_outcome"] == "FAILED"
    assert [row["n"] for row in named(rows, "qa.self_service_step")] == [0]
    assert [row["linked_interaction_id"] for row in named(rows, "qa.interaction_link")] == ["i-0"]


def test_an_excluded_interaction_has_facts_and_legs_and_no_transcript(header, named):
    record = InteractionTranscribed(header=header, exclusion=ExclusionReason.NO_SERVICE)

    rows = interaction_rows(record, NOON)

    assert [row["lane_exclusion"] for row in named(rows, "qa.interaction")] == ["NO_SERVICE"]
    assert len(named(rows, "qa.agent_leg")) == 1
    assert {"qa.transcript", "qa_content.turn", "qa_content.hearing"}.isdisjoint(rows)


def test_a_turn_keeps_its_placeholders_with_their_offsets(header, named):
    rows = interaction_rows(InteractionTranscribed(header=header, transcript=transcript()), NOON)

    first, second = named(rows, "qa_content.turn")

    assert first["redaction_start"] == []
    assert (second["redaction_start"], second["redaction_end"]) == ([5], [9])
    assert second["redaction_entity"] == ["PHONE"]
    assert [
        (row["turn"], row["start_offset"], row["end_offset"]) for row in named(rows, "qa_content.word")
    ] == [(1, 0, 2)]


def test_a_hearing_is_kept_whole_where_a_model_heard_it(header, named):
    rows = interaction_rows(InteractionTranscribed(header=header, transcript=transcript()), NOON)

    [row] = named(rows, "qa_content.hearing")

    assert msgspec.json.decode(row["transcript"], type=Transcript) == transcript()


def test_written_content_is_no_hearing(header):
    rows = interaction_rows(InteractionTranscribed(header=header, transcript=transcript("")), NOON)

    assert "qa_content.hearing" not in rows


def test_a_measure_that_is_zero_stays_apart_from_one_that_is_unknown(header, named):
    rows = interaction_rows(InteractionTranscribed(header=header, transcript=transcript()), NOON)

    [row] = named(rows, "qa.transcript")

    assert (row["silence_ms"], row["overlap_ms"]) == (0, None)


def test_no_word_leaves_the_content_database(header):
    header = msgspec.structs.replace(header, survey=Survey(answered_at=NOON, comment="谢谢[电话]"))
    rows = interaction_rows(InteractionTranscribed(header=header, transcript=transcript()), NOON)

    facts = repr({name: each for name, each in rows.items() if name.startswith("qa.")})

    assert "号码" not in facts
    assert "谢谢" not in facts
    assert "谢谢[电话]" in repr(rows["qa_content.survey_comment"])


def test_what_a_call_sounds_like_becomes_rows_of_time_and_level(header):
    sounding = msgspec.structs.replace(
        transcript(),
        doubts=(Doubt.SWAPPED_CHANNELS,),
        **columns_of("silence_", [Silence(start_ms=0, end_ms=9, announced=True, after=Role.AGENT)], Silence),
        **columns_of(
            "system_",
            [SystemStretch(sound=SystemSound.MUSIC, channel=0, start_ms=10, end_ms=20)],
            SystemStretch,
        ),
        **columns_of(
            "raised_", [RaisedVoice(party=Role.CUSTOMER, start_ms=30, end_ms=40, above_db=7.0)], RaisedVoice
        ),
        **columns_of(
            "loudness_", [Loudness(party=Role.AGENT, channel=0, start_ms=0, dbfs=(-30, -100))], Loudness
        ),
    )

    rows = interaction_rows(InteractionTranscribed(header=header, transcript=sounding), NOON)

    timeline = [dict(zip(TIMELINE.columns, row, strict=True)) for row in rows["qa.timeline"]]
    assert [(row["kind"], row["party"], row["announced"], row["after_party"]) for row in timeline] == [
        ("SILENCE", "UNKNOWN", 1, "AGENT"),
        ("MUSIC", "SYSTEM", None, None),
        ("RAISED_VOICE", "CUSTOMER", None, None),
    ]
    (level,) = [dict(zip(LOUDNESS.columns, row, strict=True)) for row in rows["qa.loudness"]]
    assert (level["party"], level["dbfs"]) == ("AGENT", [-30, -100])
    (told,) = [dict(zip(TRANSCRIPT.columns, row, strict=True)) for row in rows["qa.transcript"]]
    assert (told["doubts"], told["loudness_count"]) == (["SWAPPED_CHANNELS"], 1)


def test_a_silence_of_an_earlier_release_has_no_neighbours(header):
    earlier = msgspec.structs.replace(transcript(), silence_start_ms=(0,), silence_end_ms=(9,))

    rows = interaction_rows(InteractionTranscribed(header=header, transcript=earlier), NOON)

    (row,) = [dict(zip(TIMELINE.columns, row, strict=True)) for row in rows["qa.timeline"]]
    assert (row["announced"], row["after_party"], row["before_party"]) == (None, None, None)


def test_readings_lie_with_the_turn_they_are_of(header):
    reading = Reading(
        turn=0, start=0, end=2, heard="丁够", phrase="订购", confidence=0.7, reason="2 syllables, all alike"
    )
    read = msgspec.structs.replace(transcript(), **columns_of("reading_", [reading], Reading))

    rows = interaction_rows(InteractionTranscribed(header=header, transcript=read), NOON)

    turns = [dict(zip(TURN.columns, row, strict=True)) for row in rows["qa_content.turn"]]
    assert [turn["reading_phrase"] for turn in turns] == [["订购"], *[[] for _ in turns[1:]]]
    assert (turns[0]["reading_heard"], turns[0]["reading_confidence"]) == (["丁够"], [0.7])
    (told,) = [dict(zip(TRANSCRIPT.columns, row, strict=True)) for row in rows["qa.transcript"]]
    assert told["reading_count"] == 1
