"""A transcript made upstream: its segments as turns, and the measures that their times allow.

Borders of segments are no voice activity: talk, silence and speed are as exact as the vendor's times, and
interruptions are not measured at all, since a border that is off by a second would invent one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from processors.language.units import counts_characters, spoken_units
from processors.transcript import DEFINITION_VERSION, DraftTurn
from schemas.records.completed import Segment
from schemas.records.terms import Role
from schemas.records.transcribed import Measures, Silence, SpeechInterval

_JOINED_GAP_MS = 600
_STORED_SILENCE_MS = 2_000
_SILENCE_MS = 3_000
_LONG_SILENCE_MS = 5_000
_SHORTEST_SENTENCE = 4

_Interval = tuple[int, int]


def segment_turns(segments: Sequence[Segment], language: str) -> Iterator[DraftTurn]:
    """One turn a segment with words; a confidence that the vendor did not give counts as full."""
    for segment in segments:
        if segment.text.strip():
            yield DraftTurn(
                party=segment.role,
                channel=-1 if segment.channel is None else segment.channel,
                start_ms=segment.start_ms,
                end_ms=segment.end_ms,
                text=segment.text.strip(),
                confidence=1.0 if segment.confidence is None else segment.confidence,
                units_per_minute=_speed([segment], segment.end_ms - segment.start_ms, language),
            )


def speech_intervals(segments: Sequence[Segment]) -> tuple[SpeechInterval, ...]:
    """Stretches of each party, gaps up to 600 ms joined (metrics 3.1)."""
    parties = dict.fromkeys(segment.role for segment in segments)
    return tuple(
        SpeechInterval(party=party, start_ms=start, end_ms=end)
        for party in parties
        for start, end in _joined([segment for segment in segments if segment.role is party], _JOINED_GAP_MS)
    )


def silences(segments: Sequence[Segment]) -> tuple[Silence, ...]:
    """Gaps of at least 2 s in which nobody speaks (metrics 3.4)."""
    return tuple(
        Silence(start_ms=before[1], end_ms=after[0])
        for before, after in pairwise(_joined(segments, 0))
        if after[0] - before[1] >= _STORED_SILENCE_MS
    )


def speech_measures(segments: Sequence[Segment], language: str) -> Measures:
    """Metrics 3.2 to 3.6 without interruptions; null where a party is not named in the transcript."""
    agent = [segment for segment in segments if segment.role is Role.AGENT]
    customer = [segment for segment in segments if segment.role is Role.CUSTOMER]
    both = _joined([*agent, *customer], 0)
    gaps = [silence.end_ms - silence.start_ms for silence in silences(segments)]
    talk = {name: _total(_joined(own, _JOINED_GAP_MS)) for name, own in (("a", agent), ("c", customer))}
    speed = {name: _speed(own, talk[name], language) or None for name, own in (("a", agent), ("c", customer))}
    by_character = counts_characters(language)
    return Measures(
        definition_version=DEFINITION_VERSION,
        conversation_ms=both[-1][1] - both[0][0] if both else None,
        agent_talk_ms=talk["a"] if agent else None,
        customer_talk_ms=talk["c"] if customer else None,
        overlap_ms=_overlap(agent, customer) if agent and customer else None,
        silence_ms=sum(gap for gap in gaps if gap > _SILENCE_MS),
        silence_2s_ms=sum(gaps),
        silence_5s_ms=sum(gap for gap in gaps if gap > _LONG_SILENCE_MS),
        longest_silence_ms=max(gaps, default=0),
        agent_cpm=speed["a"] if by_character else None,
        customer_cpm=speed["c"] if by_character else None,
        agent_wpm=None if by_character else speed["a"],
        customer_wpm=None if by_character else speed["c"],
    )


def _joined(segments: Sequence[Segment], gap_ms: int) -> list[_Interval]:
    joined: list[_Interval] = []
    for start, end in sorted((segment.start_ms, segment.end_ms) for segment in segments):
        if joined and start - joined[-1][1] <= gap_ms:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _total(intervals: Sequence[_Interval]) -> int:
    return sum(end - start for start, end in intervals)


def _overlap(agent: Sequence[Segment], customer: Sequence[Segment]) -> int:
    """Both together speak as long as each of them less what they share."""
    one, other = _joined(agent, _JOINED_GAP_MS), _joined(customer, _JOINED_GAP_MS)
    return sum(
        max(0, min(end, other_end) - max(start, other_start))
        for start, end in one
        for other_start, other_end in other
    )


def _speed(segments: Sequence[Segment], talk_ms: int, language: str) -> float:
    """Units a minute; 0 where there is too little to tell."""
    units = sum(spoken_units(segment.text, language) for segment in segments)
    return round(units * 60_000 / talk_ms, 1) if talk_ms > 0 and units >= _SHORTEST_SENTENCE else 0.0
