"""Talk, silence, overlap, interruption, speed and the other measures of a call (metrics 3.2 to 3.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from processors.language.units import counts_characters
from processors.transcript import DEFINITION_VERSION
from processors.transcription.activity import join_gaps
from processors.transcription.engine import Span
from processors.transcription.loudness import Level, median_dbfs, raised_voices
from processors.transcription.responses import mean_ms, response_gaps_ms
from processors.transcription.silences import silences_between
from processors.transcription.turns import PartySpeech, SpokenTurn
from schemas.records.terms import Role, SystemSound
from schemas.records.transcribed import Interruption, Measures, RaisedVoice, Silence, SystemStretch

_SILENCE_MS = 3_000
_LONG_SILENCE_MS = 5_000
_SPOKEN_BEFORE_MS = 1_000
_TALKED_OVER_MS = 1_000
_YIELD_MS = 500
_BACK_CHANNEL_MS = 1_000
_SHORTEST_SENTENCE = 4
_WORDLESS_MS = 1_000
_NO_LETTERS = re.compile(r"[\W_]+")
_BACK_CHANNEL = re.compile(
    r"(?:嗯|对|好的?|是的?|哦|噢|啊|行|可以|明白|yeah|yes|okay|ok|right|sure|mhm|uhhuh|isee)+", re.IGNORECASE
)


class Surroundings(Struct, frozen=True, kw_only=True):
    """What is known of a call beside its speech.

    ``stated_hold_ms`` is the hold of all agent legs, None where any leg leaves it open. ``attributable`` is
    False where the declared parties are in doubt: then nothing is measured of either alone.
    """

    system: tuple[SystemStretch, ...] = ()
    levels: tuple[Level, ...] = ()
    stated_hold_ms: int | None = None
    attributable: bool = True


class CallMeasures(Struct, frozen=True, kw_only=True):
    """The measures of one call and the stretches behind them."""

    measures: Measures
    interruptions: tuple[Interruption, ...] = ()
    silences: tuple[Silence, ...] = ()
    raised: tuple[RaisedVoice, ...] = ()


class _Call(Struct, frozen=True, kw_only=True):
    """Speech of both sides, None for one that no channel holds or that cannot be told from the other."""

    agent: tuple[Span, ...] | None
    customer: tuple[Span, ...] | None
    parties: tuple[PartySpeech, ...]
    turns: tuple[SpokenTurn, ...]
    language: str
    around: Surroundings

    @property
    def both(self) -> bool:
        """Whether agent and customer can be told apart."""
        return self.agent is not None and self.customer is not None


def measure(
    parties: Sequence[PartySpeech],
    turns: Sequence[SpokenTurn],
    language: str,
    around: Surroundings = Surroundings(),
) -> CallMeasures:
    """Everything that voice activity, words and levels tell; what cannot be measured is null, not guessed."""
    sides = (Role.AGENT, Role.CUSTOMER)
    agent, customer = (_speech_of(parties, side) if around.attributable else None for side in sides)
    call = _Call(
        agent=agent,
        customer=customer,
        parties=tuple(parties),
        turns=tuple(turns),
        language=language,
        around=around,
    )
    present = {party.party for party in parties}
    whole = set(sides) <= present or Role.MIXED in present
    silences = silences_between(parties, turns, around.system) if whole else ()
    interruptions = _interruptions(call) if call.both else ()
    raised = {side: _raised(call, side) for side in sides}
    measures = Measures(
        definition_version=DEFINITION_VERSION,
        **(_of_silence(call, silences) if whole else {}),
        **(_of_both(call, interruptions) if call.both else {}),
        **_of_side("agent", Role.AGENT, call, raised[Role.AGENT]),
        **_of_side("customer", Role.CUSTOMER, call, raised[Role.CUSTOMER]),
        **_of_words(call),
    )
    return CallMeasures(
        measures=measures,
        interruptions=interruptions,
        silences=silences,
        raised=tuple(one for side in sides for one in raised[side] or ()),
    )


def turn_speed(turn: SpokenTurn) -> float:
    """Units per minute of the turn's talk time; 0 for a sentence of fewer than four units."""
    if turn.units < _SHORTEST_SENTENCE or turn.talk_ms <= 0:
        return 0.0
    return round(turn.units * 60_000 / turn.talk_ms, 1)


def _of_silence(call: _Call, silences: Sequence[Silence]) -> dict[str, Any]:
    """Metrics 3.3 and 3.4. Dead air needs to know who announced a wait, non-talk when the hold was.

    A hold that the event states, but in which no music plays, may lie in the silences or outside of the
    recording: then what was neither talk nor hold cannot be told.
    """
    people = [span for p in call.parties if p.party in (Role.AGENT, Role.CUSTOMER) for span in p.speech]
    spoken = join_gaps(sorted(people or _all_speech(call.parties)))
    gaps = [(silence.end_ms - silence.start_ms, silence.announced) for silence in silences]
    silence_ms = sum(gap for gap, _ in gaps if gap > _SILENCE_MS)
    dead = [gap for gap, announced in gaps if gap > _LONG_SILENCE_MS and not announced]
    waited = sum(gap for gap, announced in gaps if gap > _LONG_SILENCE_MS and announced)
    music_ms = _music_ms(call.around.system)
    stated = call.around.stated_hold_ms
    hold_ms = stated if stated is not None else music_ms or None
    placed_ms = hold_ms if hold_ms == 0 else music_ms or None
    return {
        "conversation_ms": spoken[-1].end_ms - spoken[0].start_ms if spoken else None,
        "silence_ms": silence_ms,
        "silence_2s_ms": sum(gap for gap, _ in gaps),
        "silence_5s_ms": sum(gap for gap, _ in gaps if gap > _LONG_SILENCE_MS),
        "longest_silence_ms": max((gap for gap, _ in gaps), default=0),
        "hold_ms": hold_ms,
        "non_talk_ms": None if placed_ms is None else silence_ms + placed_ms,
        "dead_air_count": len(dead) if call.both else None,
        "dead_air_ms": sum(dead) if call.both else None,
        "announced_wait_ms": waited if call.both else None,
    }


def _of_both(call: _Call, interruptions: Sequence[Interruption]) -> dict[str, Any]:
    """Metrics 3.2 and 3.5 and the pauses before answers: what two parties that can be told apart give."""
    agent, customer = call.agent or (), call.customer or ()
    machine = [Span(stretch.start_ms, stretch.end_ms) for stretch in call.around.system]
    agent_gaps = response_gaps_ms(agent, customer, machine)
    over = {
        side: [i.end_ms - i.start_ms for i in interruptions if i.by is side]
        for side in (Role.AGENT, Role.CUSTOMER)
    }
    return {
        "overlap_ms": sum(_shared(a, c) for a in agent for c in customer),
        "agent_interruption_count": len(over[Role.AGENT]),
        "customer_interruption_count": len(over[Role.CUSTOMER]),
        "agent_talk_over_ms": sum(over[Role.AGENT]),
        "customer_talk_over_ms": sum(over[Role.CUSTOMER]),
        "agent_response_ms": mean_ms(agent_gaps),
        "agent_longest_response_ms": max(agent_gaps, default=None),
        "customer_response_ms": mean_ms(response_gaps_ms(customer, agent, machine)),
    }


def _of_side(name: str, side: Role, call: _Call, raised: Sequence[RaisedVoice] | None) -> dict[str, Any]:
    """Metrics 3.2, 3.6 and 3.8 of one party: talk, speed and loudness."""
    speech = call.agent if side is Role.AGENT else call.customer
    talk_ms = None if speech is None else sum(span.length_ms for span in speech)
    units = sum(turn.units for turn in call.turns if turn.party is side)
    speed = round(units * 60_000 / talk_ms, 1) if talk_ms and units else None
    by_character = counts_characters(call.language)
    return {
        f"{name}_talk_ms": talk_ms,
        f"{name}_cpm": speed if by_character else None,
        f"{name}_wpm": None if by_character else speed,
        f"{name}_turn_count": sum(turn.party is side for turn in call.turns),
        f"{name}_loudness_dbfs": None if speech is None else median_dbfs(call.around.levels, side),
        f"{name}_raised_voice_count": None if raised is None else len(raised),
        f"{name}_raised_voice_ms": None if raised is None else sum(r.end_ms - r.start_ms for r in raised),
    }


def _of_words(call: _Call) -> dict[str, Any]:
    """How well the call was heard."""
    probabilities = [word.probability for turn in call.turns for word in turn.words]
    return {
        "word_probability": round(sum(probabilities) / len(probabilities), 4) if probabilities else None,
        "wordless_speech_ms": wordless_ms(call.parties),
    }


def wordless_ms(parties: Sequence[PartySpeech]) -> int:
    """Speech of a second or more in which no word was recognised, on all channels."""
    return sum(
        span.length_ms
        for party in parties
        for span in party.speech
        if span.length_ms >= _WORDLESS_MS
        and not any(word.start_ms < span.end_ms and word.end_ms > span.start_ms for word in party.words)
    )


def _raised(call: _Call, side: Role) -> tuple[RaisedVoice, ...] | None:
    return raised_voices(call.around.levels, side) if call.around.attributable else None


def _music_ms(system: Sequence[SystemStretch]) -> int:
    """Time on hold; music on two channels at once is one hold."""
    music = sorted(Span(one.start_ms, one.end_ms) for one in system if one.sound is SystemSound.MUSIC)
    return sum(span.length_ms for span in join_gaps(music, gap_ms=0))


def _speech_of(parties: Sequence[PartySpeech], role: Role) -> tuple[Span, ...] | None:
    channels = [party.speech for party in parties if party.party is role]
    if not channels:
        return None
    return tuple(join_gaps(sorted(span for speech in channels for span in speech)))


def _all_speech(parties: Sequence[PartySpeech]) -> list[Span]:
    return [span for party in parties for span in party.speech]


def _shared(a: Span, b: Span) -> int:
    return max(0, min(a.end_ms, b.end_ms) - max(a.start_ms, b.start_ms))


def _interruptions(call: _Call) -> tuple[Interruption, ...]:
    agent, customer = call.agent or (), call.customer or ()
    found = [
        *_talking_over(Role.AGENT, agent, customer, call.turns),
        *_talking_over(Role.CUSTOMER, customer, agent, call.turns),
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
