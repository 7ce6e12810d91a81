"""A transcript as rows: measures and times in ``qa``, words in ``qa_content``, the whole for re-use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from schemas.records.completed import InteractionHeader
from schemas.records.terms import Role
from schemas.records.transcribed import Reading, Redaction, Silence, Transcript
from sinks.rows.instants import first_wins, storable
from sinks.tables import HEARING, LOUDNESS, TIMELINE, TRANSCRIPT, TURN, WORD, Row, Rows

SPEECH, INTERRUPTION, SILENCE, RAISED_VOICE = "SPEECH", "INTERRUPTION", "SILENCE", "RAISED_VOICE"
"""Kinds of ``qa.timeline``, beside those of ``SystemSound``."""

_OF_NO_KIND: Mapping[str, object] = {
    "yielded": None,
    "announced": None,
    "after_party": None,
    "before_party": None,
}


def transcript_rows(header: InteractionHeader, transcript: Transcript, heard_at: int) -> Rows:
    """Rows of one transcript; a hearing is kept only where a recognition model heard it."""
    timeline = _timeline(header, transcript)
    loudness = _loudness(header, transcript)
    rows: Rows = {
        TURN.name: _turns(header, transcript),
        WORD.name: _words(header, transcript),
        TIMELINE.name: timeline,
        LOUDNESS.name: loudness,
        TRANSCRIPT.name: [
            TRANSCRIPT.row(
                transcript.measures,
                transcript.hearing,
                transcript,
                header,
                heard_at=storable(heard_at) or 0,
                notes=list(transcript.hearing.notes),
                turn_count=len(transcript.turn_text),
                word_count=len(transcript.word_turn),
                timeline_count=len(timeline),
                doubts=[doubt.value for doubt in transcript.doubts],
                loudness_count=len(loudness),
                reading_count=len(transcript.reading_turn),
            )
        ],
    }
    if transcript.hearing.model_sha256:
        rows[HEARING.name] = [_hearing(header, transcript, heard_at)]
    return rows


def _hearing(header: InteractionHeader, transcript: Transcript, heard_at: int) -> Row:
    return HEARING.row(
        transcript,
        header,
        decided_at=storable(heard_at) or 0,
        transcript=msgspec.json.encode(transcript).decode(),
        version=first_wins(heard_at, transcript.transcript_id),
    )


def _turns(header: InteractionHeader, transcript: Transcript) -> list[Row]:
    redactions: dict[int, list[Redaction]] = defaultdict(list)
    for redaction in transcript.redactions():
        redactions[redaction.turn].append(redaction)
    readings: dict[int, list[Reading]] = defaultdict(list)
    for reading in transcript.readings():
        readings[reading.turn].append(reading)
    return [
        TURN.row(
            turn,
            transcript,
            header,
            turn=n,
            party=turn.party.value,
            kind=turn.kind.value,
            automatic=int(turn.automatic),
            recalled=int(turn.recalled),
            redaction_start=[redaction.start for redaction in redactions[n]],
            redaction_end=[redaction.end for redaction in redactions[n]],
            redaction_entity=[redaction.entity.value for redaction in redactions[n]],
            reading_start=[reading.start for reading in readings[n]],
            reading_end=[reading.end for reading in readings[n]],
            reading_heard=[reading.heard for reading in readings[n]],
            reading_phrase=[reading.phrase for reading in readings[n]],
            reading_confidence=[reading.confidence for reading in readings[n]],
            reading_reason=[reading.reason for reading in readings[n]],
        )
        for n, turn in enumerate(transcript.turns())
    ]


def _words(header: InteractionHeader, transcript: Transcript) -> list[Row]:
    return [
        WORD.row(word, transcript, header, n=n, start_offset=word.start, end_offset=word.end)
        for n, word in enumerate(transcript.words())
    ]


def _timeline(header: InteractionHeader, transcript: Transcript) -> list[Row]:
    stretches: list[tuple[str, Role, object, Mapping[str, object]]] = [
        *((SPEECH, each.party, each, {}) for each in transcript.intervals()),
        *((INTERRUPTION, i.by, i, {"yielded": int(i.yielded)}) for i in transcript.interruptions()),
        *((SILENCE, Role.UNKNOWN, each, _around(each)) for each in transcript.silences()),
        *((each.sound.value, Role.SYSTEM, each, {}) for each in transcript.system_stretches()),
        *((RAISED_VOICE, each.party, each, {}) for each in transcript.raised_voices()),
    ]
    return [
        TIMELINE.row(
            stretch, transcript, header, n=n, kind=kind, party=party.value, **{**_OF_NO_KIND, **of_kind}
        )
        for n, (kind, party, stretch, of_kind) in enumerate(stretches)
    ]


def _around(silence: Silence) -> Mapping[str, object]:
    """Who spoke around a silence; null in transcripts of an earlier release."""
    if silence.after is Role.UNKNOWN:
        return {}
    return {
        "announced": int(silence.announced),
        "after_party": silence.after.value,
        "before_party": silence.before.value,
    }


def _loudness(header: InteractionHeader, transcript: Transcript) -> list[Row]:
    return [
        LOUDNESS.row(
            level,
            transcript,
            header,
            n=n,
            party=level.party.value,
            channel=level.channel,
            dbfs=list(level.dbfs),
        )
        for n, level in enumerate(transcript.loudness())
    ]
