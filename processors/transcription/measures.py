"""Talk, silence, overlap, interruption and speed of a call (metrics 3.2 to 3.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from processors.language.units import counts_characters
from processors.transcript import DEFINITION_VERSION
from processors.transcription.activity import join_gaps
from processors.transcription.engine import Span
from processors.transcription.turns import PartySpeech, SpokenTurn
from schemas.records.terms import Role
from schemas.records.transcribed import Interruption, Measures, Silence

_STORED_SILENCE_MS = 2_000
_SILENCE_MS = 3_000
_LONG_SILENCE_MS = 5_000
_SPOKEN_BEFORE_MS = 1_000
_TALKED_OVER_MS = 1_000
_YIELD_MS = 500
_BACK_CHANNEL_MS = 1_000
_SHORTEST_SENTENCE = 4
_NO_LETTERS = re.compile(r"[\W_]+")
_BACK_CHANNEL = re.compile(
    r"(?:嗯|对|好的?|是的?|哦|噢|啊|行|可以|明白|yeah|yes|okay|ok|right|sure|mhm|uhhuh|isee)+", re.IGNORECASE
)


class CallMeasures(Struct, frozen=True, kw_only=True):
    """The measures of one call and the stretches behind them."""

    measures: Measures
    interruptions: tuple[Interruption, ...] = ()
    silences: tuple[Silence, ...] = ()


def measure(parties: Sequence[PartySpeech], turns: Sequence[SpokenTurn], language: str) -> CallMeasures:
    """Everything that voice activity and units tell. What needs a party that no channel holds is null."""
    agent, customer = _speech_of(parties, Role.AGENT), _speech_of(parties, Role.CUSTOMER)
    both = agent is not None and customer is not None
    whole = both or any(party.party is Role.MIXED for party in parties)
    silences = _silences(parties) if whole else ()
    interruptions = _interruptions(agent or (), customer or (), turns) if both else ()
    gaps = [silence.end_ms - silence.start_ms for silence in silences]
    talkers = join_gaps(sorted([*(agent or ()), *(customer or ())] or _all_speech(parties)))
    cpm = counts_characters(language)
    agent_speed = _speed(Role.AGENT, agent, turns)
    customer_speed = _speed(Role.CUSTOMER, customer, turns)
    measures = Measures(
        definition_version=DEFINITION_VERSION,
        conversation_ms=talkers[-1].end_ms - talkers[0].start_ms if whole and talkers else None,
        agent_talk_ms=_total(agent),
        customer_talk_ms=_total(customer),
        overlap_ms=_overlap(agent or (), customer or ()) if both else None,
        silence_ms=sum(gap for gap in gaps if gap > _SILENCE_MS) if whole else None,
        silence_2s_ms=sum(gaps) if whole else None,
        silence_5s_ms=sum(gap for gap in gaps if gap > _LONG_SILENCE_MS) if whole else None,
        longest_silence_ms=max(gaps, default=0) if whole else None,
        agent_interruption_count=sum(i.by is Role.AGENT for i in interruptions) if both else None,
        customer_interruption_count=sum(i.by is Role.CUSTOMER for i in interruptions) if both else None,
        agent_cpm=agent_speed if cpm else None,
        customer_cpm=customer_speed if cpm else None,
        agent_wpm=None if cpm else agent_speed,
        customer_wpm=None if cpm else customer_speed,
        agent_turn_count=sum(turn.party is Role.AGENT for turn in turns),
        customer_turn_count=sum(turn.party is Role.CUSTOMER for turn in turns),
    )
    return CallMeasures(measures=measures, interruptions=interruptions, silences=silences)


def turn_speed(turn: SpokenTurn) -> float:
    """Units per minute of the turn's talk time; 0 for a sentence of fewer than four units."""
    if turn.units < _SHORTEST_SENTENCE or turn.talk_ms <= 0:
        return 0.0
    return round(turn.units * 60_000 / turn.talk_ms, 1)


def _speech_of(parties: Sequence[PartySpeech], role: Role) -> tuple[Span, ...] | None:
    channels = [party.speech for party in parties if party.party is role]
    if not channels:
        return None
    return tuple(join_gaps(sorted(span for speech in channels for span in speech)))


def _all_speech(parties: Sequence[PartySpeech]) -> list[Span]:
    return [span for party in parties for span in party.speech]


def _total(speech: Sequence[Span] | None) -> int | None:
    return None if speech is None else sum(span.length_ms for span in speech)


def _overlap(agent: Sequence[Span], customer: Sequence[Span]) -> int:
    return sum(_shared(a, c) for a in agent for c in customer)


def _shared(a: Span, b: Span) -> int:
    return max(0, min(a.end_ms, b.end_ms) - max(a.start_ms, b.start_ms))


def _silences(parties: Sequence[PartySpeech]) -> tuple[Silence, ...]:
    spoken = join_gaps(sorted(_all_speech(parties)), gap_ms=0)
    return tuple(
        Silence(start_ms=before.end_ms, end_ms=after.start_ms)
        for before, after in zip(spoken, spoken[1:], strict=False)
        if after.start_ms - before.end_ms >= _STORED_SILENCE_MS
    )


def _interruptions(
    agent: Sequence[Span], customer: Sequence[Span], turns: Sequence[SpokenTurn]
) -> tuple[Interruption, ...]:
    found = [
        *_talking_over(Role.AGENT, agent, customer, turns),
        *_talking_over(Role.CUSTOMER, customer, agent, turns),
    ]
    return tuple(sorted(found, key=lambda interruption: interruption.start_ms))


def _talking_over(
    by: Role, own: Sequence[Span], other: Sequence[Span], turns: Sequence[SpokenTurn]
) -> list[Interruption]:
    """Stretches in which ``by`` starts while the other has been speaking and both go on.

    The other yields if it stops within 500 ms after the second that makes it an interruption.
    """
    found = []
    for mine in own:
        for theirs in other:
            if not theirs.start_ms + _SPOKEN_BEFORE_MS <= mine.start_ms < theirs.end_ms:
                continue
            shared = _shared(mine, theirs)
            if shared < _TALKED_OVER_MS or _is_back_channel(by, mine, turns):
                continue
            found.append(
                Interruption(
                    by=by,
                    start_ms=mine.start_ms,
                    end_ms=mine.start_ms + shared,
                    yielded=theirs.end_ms - mine.start_ms <= _TALKED_OVER_MS + _YIELD_MS,
                )
            )
    return found


def _is_back_channel(by: Role, mine: Span, turns: Sequence[SpokenTurn]) -> bool:
    if mine.length_ms <= _BACK_CHANNEL_MS:
        return True
    said = "".join(
        turn.text[word.start : word.end]
        for turn in turns
        if turn.party is by
        for word in turn.words
        if mine.start_ms <= (word.start_ms + word.end_ms) / 2 < mine.end_ms
    )
    return _BACK_CHANNEL.fullmatch(_NO_LETTERS.sub("", said)) is not None


def _speed(role: Role, speech: Sequence[Span] | None, turns: Sequence[SpokenTurn]) -> float | None:
    talk_ms = _total(speech)
    units = sum(turn.units for turn in turns if turn.party is role)
    return round(units * 60_000 / talk_ms, 1) if talk_ms and units else None
