"""The tables that delivery writes: columns in order, business key, and which of two rows wins.

The DDL in ``infra/clickhouse/migrations`` is the truth about types and meaning; a contract test holds these
declarations equal to it. The order of ``TABLES`` is the order of writing: children before the row that makes
them visible, a result before the assignment that makes it count, and the intake row last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
"""Rows by full table name (``qa.result``), values in the order of the table's columns."""


class Table(Struct, frozen=True, kw_only=True):
    """One table. Of rows with one ``key`` the highest ``version`` wins, or the last written without it."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    version: str | None = None
    durable: bool = False
    """Whether every insert waits for the disk (fsync), not for the operating system only."""

    def row(self, *sources: object, **values: object) -> Row:
        """A row: each column from ``values``, else from the first source with an attribute of that name.

        Raises ``AttributeError`` when nobody has the column, so that a renamed field cannot go unnoticed.
        """
        return tuple(
            values[column] if column in values else _attribute(sources, column) for column in self.columns
        )


def merge(parts: Iterable[Mapping[str, list[Row]]]) -> Rows:
    """All rows of ``parts`` by table, tables in the order of writing."""
    kept = list(parts)
    tables = [name for name in TABLES if any(part.get(name) for part in kept)]
    return {name: [row for part in kept for row in part.get(name, ())] for name in tables}


def _attribute(sources: tuple[object, ...], column: str) -> object:
    for source in sources:
        if hasattr(source, column):
            return getattr(source, column)
    raise AttributeError(f"no source for column {column}")


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_INTERACTION = ("tenant_id", "interaction_id")
_SOURCE = "source_topic source_partition source_offset"
_MEASURES = """definition_version conversation_ms agent_talk_ms customer_talk_ms overlap_ms silence_ms
    silence_2s_ms silence_5s_ms longest_silence_ms agent_interruption_count
    customer_interruption_count agent_cpm customer_cpm agent_wpm customer_wpm greeting_ms
    first_reply_ms average_reply_ms longest_reply_ms agent_turn_count customer_turn_count hold_ms
    non_talk_ms dead_air_count dead_air_ms announced_wait_ms agent_talk_over_ms customer_talk_over_ms
    agent_response_ms agent_longest_response_ms customer_response_ms agent_loudness_dbfs
    customer_loudness_dbfs agent_raised_voice_count agent_raised_voice_ms customer_raised_voice_count
    customer_raised_voice_ms word_probability wordless_speech_ms"""


def _facts(name: str, text: str, *key: str, version: str | None = None) -> Table:
    """A table of facts about an interaction: its key starts with tenant and interaction."""
    return Table(
        name=name,
        columns=(*_INTERACTION, *_columns(text)),
        key=(*_INTERACTION, *key),
        version=version,
    )


INTERACTION = _facts(
    "qa.interaction",
    f"""record_version business_date source_system source_ids channel entry_point direction started_at
    answered_at ended_at site_timezone language disposition disconnect_party disconnect_reason_raw
    hangup_cause_q850 queue_id queue_name enqueued_at dequeued_at queue_wait_ms
    service_level_threshold_ms transfer_count customer_key customer_address_key customer_region
    customer_segment business_line source_contact_reason case_id campaign_id journey_id
    recording_consent content_masked retain_until attributes self_service_flow_id
    self_service_flow_version self_service_task self_service_outcome self_service_outcome_source
    self_service_transfer_reason leg_count step_count link_count recording_count lane_exclusion
    {_SOURCE} source_timestamp""",
    version="record_version",
)
AGENT_LEG = _facts(
    "qa.agent_leg",
    """record_version leg agent_id team_id site_id work_location vendor_id queue_id alerted_at joined_at
    left_at talk_ms hold_ms hold_count longest_hold_ms acw_ms first_reply_ms transfer_kind wrapup_code
    source_offset""",
    "record_version",
    "leg",
    version="source_offset",
)
SELF_SERVICE_STEP = _facts(
    "qa.self_service_step",
    """record_version n seq node_id node_name entered_at left_at input_mode intent intent_confidence
    attempts result source_offset""",
    "record_version",
    "n",
    version="source_offset",
)
INTERACTION_LINK = _facts(
    "qa.interaction_link",
    "record_version n linked_interaction_id kind source_offset",
    "record_version",
    "n",
    version="source_offset",
)
RECORDING = _facts(
    "qa_content.recording",
    """record_version n uri container codec sample_rate_hz channel_roles started_at duration_ms sha256
    expires_at source_offset""",
    "record_version",
    "n",
    version="source_offset",
)
HEARING = Table(
    name="qa_content.hearing",
    columns=_columns("hearing_key transcript_id tenant_id interaction_id decided_at transcript version"),
    key=("tenant_id", "hearing_key"),
    version="version",
)
TRANSCRIPT = _facts(
    "qa.transcript",
    f"""transcript_id record_version hearing_key heard_at language engine engine_version model
    model_sha256 options lexicon_hash redaction_version notes turn_count word_count timeline_count
    {_MEASURES} doubts loudness_count reading_count""",
    "transcript_id",
    version="record_version",
)
TURN = _facts(
    "qa_content.turn",
    """transcript_id turn party speaker_id leg kind channel start_ms end_ms text normalised confidence
    units_per_minute automatic recalled redaction_start redaction_end redaction_entity record_version
    reading_start reading_end reading_heard reading_phrase reading_confidence reading_reason""",
    "transcript_id",
    "turn",
    version="record_version",
)
WORD = _facts(
    "qa_content.word",
    "transcript_id n turn start_offset end_offset start_ms end_ms probability record_version",
    "transcript_id",
    "n",
    version="record_version",
)
TIMELINE = _facts(
    "qa.timeline",
    "transcript_id n kind party start_ms end_ms yielded record_version announced after_party before_party",
    "transcript_id",
    "n",
    version="record_version",
)
LOUDNESS = _facts(
    "qa.loudness",
    "transcript_id n party channel start_ms dbfs record_version",
    "transcript_id",
    "n",
    version="record_version",
)
SCORE_ITEM = _facts(
    "qa.score_item",
    "result_id n item_id item_name section answer weight earned in_doubt red_line reason findings",
    "result_id",
    "n",
)
FINDING = _facts(
    "qa.finding",
    "result_id n rule_id rule_version rule_name kind verdict doubt leg evidence_count",
    "result_id",
    "n",
)
EVIDENCE = _facts(
    "qa.evidence",
    """result_id finding n operator turn start_offset end_offset start_ms end_ms party sound_alike value
    threshold unit""",
    "result_id",
    "finding",
    "n",
)
EVIDENCE_WORDS = _facts(
    "qa_content.evidence_words", "result_id finding n words reading", "result_id", "finding", "n"
)
CONTACT_REASON = _facts(
    "qa.contact_reason",
    "result_id n level1 level2 rule_id verdict turn is_primary source confidence model_hash",
    "result_id",
    "n",
)
SENTIMENT = _facts(
    "qa.sentiment",
    "result_id n party overall quarter1 quarter2 quarter3 quarter4 shift",
    "result_id",
    "n",
)
LEG_SCORE = _facts(
    "qa.leg_score",
    """result_id interaction_result_id leg agent_id score score_before_red_line earned potential bonus
    red_line review_pending full_service content_digest item_count""",
    "result_id",
)
RESULT = _facts(
    "qa.result",
    """result_id transcript_id ruleset_id ruleset_hash scorecard_id scorecard_hash status exclusion score
    review_pending content_digest leg_count finding_count reason_count""",
    "result_id",
)
RESULT_ASSIGNMENT = _facts(
    "qa.result_assignment",
    f"""leg scorecard_id record_version activation_seq result_id interaction_result_id decided_at
    {_SOURCE} version""",
    "leg",
    "scorecard_id",
    "record_version",
    "activation_seq",
    version="version",
)
ALERT_WORDS = _facts("qa_content.alert_words", "alert_id words version", "alert_id", version="version")
ALERT = _facts(
    "qa.alert",
    """alert_id kind record_version rule_id rule_name leg agent_id team_id queue_id ended_at raised_at
    party turn start_ms end_ms linked_interaction_ids version""",
    "alert_id",
    version="version",
)
SURVEY_COMMENT = _facts("qa_content.survey_comment", "comment version", version="version")
SURVEY = _facts(
    "qa.survey",
    """offered_at answered_at via score scale_min scale_max resolved has_comment embedded version""",
    version="version",
)
REVIEW_COMMENT = _facts(
    "qa_content.review_comment", "review_id comment reviewed_at", "review_id", version="reviewed_at"
)
REVIEW = _facts(
    "qa.review",
    "review_id result_id rule_id item_id leg kind decision reviewer_id reviewed_at has_comment",
    "review_id",
    version="reviewed_at",
)
DEAD_LETTER = Table(
    name="qa.dead_letter",
    columns=_columns(
        f"""dead_letter_id stage reason error_class detail {_SOURCE} source_timestamp consumer_group
    app_version interaction_id record_version attempts redrive_count payload_sha256 pointer
    first_failed_at failed_at dead_letter_topic dead_letter_partition dead_letter_offset"""
    ),
    key=("dead_letter_id",),
    version="failed_at",
    durable=True,
)
INTAKE = Table(
    name="qa.intake",
    columns=_columns(
        f"""{_SOURCE} source_timestamp tenant_id unit_id interaction_id record_version channel started_at
    ended_at business_date decodable"""
    ),
    key=("source_topic", "source_partition", "source_offset", "source_timestamp"),
    version="decodable",
    durable=True,
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        *(AGENT_LEG, SELF_SERVICE_STEP, INTERACTION_LINK, RECORDING, INTERACTION),
        *(HEARING, TURN, WORD, TIMELINE, LOUDNESS, TRANSCRIPT),
        *(SCORE_ITEM, EVIDENCE_WORDS, EVIDENCE, FINDING, CONTACT_REASON, SENTIMENT, LEG_SCORE, RESULT),
        RESULT_ASSIGNMENT,
        *(ALERT_WORDS, ALERT, SURVEY_COMMENT, SURVEY, REVIEW_COMMENT, REVIEW),
        *(DEAD_LETTER, INTAKE),
    )
}
