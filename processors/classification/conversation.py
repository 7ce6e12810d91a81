"""One interaction prepared for the rules: its turns, where each phrase stands, and when it was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from processors.classification.kleene import Value
from processors.classification.matcher import Occurrence
from processors.classification.matching_text import SqueezedTurns, squeeze_turns
from processors.classification.search import Search
from processors.classification.sentiment import label_turns, party_sentiment
from processors.classification.similarity import pairs
from processors.classification.turns import Turns
from processors.language.offsets import Normalised
from processors.language.script import normalise
from schemas.records.classified import PartySentiment
from schemas.records.completed import InteractionHeader
from schemas.records.terms import Channel, Role, TurnKind
from schemas.records.transcribed import Transcript, Turn, Word

if TYPE_CHECKING:
    from processors.classification.view import View

SERVICE_PARTIES = (Role.AGENT, Role.CUSTOMER)
_LEAST_SPEECH_MS = 1000
_AGENT_OR_MIXED = (Role.AGENT, Role.MIXED)


class Token(Protocol):
    """A word of the segmented text."""

    @property
    def start(self) -> int:
        """First character."""
        ...

    @property
    def end(self) -> int:
        """After the last character."""
        ...


class Segmenter(Protocol):
    """Cuts normalised text into words."""

    def tokens(self, text: str) -> Sequence[Token]:
        """Words of ``text`` in order."""
        ...


class Spoken(NamedTuple):
    """A stretch of a turn's text as heard, its times and the mean probability of its words."""

    start: int
    end: int
    start_ms: int
    end_ms: int
    probability: float


class Conversation:
    """Turns of one transcript with lazily derived views on them."""

    def __init__(
        self, header: InteractionHeader, transcript: Transcript, search: Search, segmenter: Segmenter
    ) -> None:
        self.header = header
        self.transcript = transcript
        self.turns: Sequence[Turn] = Turns(transcript)
        self.search = search
        self._segmenter = segmenter
        self._squeezed = _squeezed(transcript)
        self.views: dict[tuple[object, ...], View] = {}
        self.turn_sets: dict[tuple[object, ...], frozenset[int]] = {}
        self.listed: dict[tuple[object, ...], list[int]] = {}
        self.answers: dict[tuple[object, ...], Value] = {}
        self._normalised: dict[int, Normalised] = {}
        self._pairs: dict[int, Counter[str]] = {}
        self._edges: dict[int, frozenset[int]] = {}
        self._spoken: dict[tuple[int, int, int], Spoken] = {}

    @cached_property
    def leg_of(self) -> tuple[int, ...]:
        """Agent leg of every turn.

        An only leg takes every turn of its agent, whatever the clocks say. A customer's turn without a
        leg belongs to the agent who spoke last before it; in a call, where ringing and queue are not
        recorded, the words before the agent's first turn belong to that agent too.
        """
        parties, stated = self.transcript.turn_party, self.transcript.turn_leg
        only = len(self.header.agents) == 1
        legs = [0 if only and p in _AGENT_OR_MIXED else leg for p, leg in zip(parties, stated, strict=True)]
        spoken = (leg for leg, party in zip(legs, parties, strict=True) if party in _AGENT_OR_MIXED)
        first = next(spoken, 0 if only else -1)
        last = first if self.header.channel is Channel.VOICE else -1
        for index, party in enumerate(parties):
            if party in _AGENT_OR_MIXED:
                last = legs[index]
            elif party is Role.CUSTOMER and stated[index] < 0:
                legs[index] = last
        return tuple(legs)

    @cached_property
    def legs(self) -> tuple[int, ...]:
        """Legs that leg-wise rules are asked of: the event's, and -1 where an agent's turn fits none."""
        legs = tuple(range(len(self.header.agents)))
        if len(legs) == 1:
            return legs
        stray = any(
            party is Role.AGENT and leg not in legs
            for party, leg in zip(self.transcript.turn_party, self.leg_of, strict=True)
        )
        return (*legs, -1) if stray else legs

    @cached_property
    def occurrences(self) -> Mapping[int, list[Occurrence]]:
        """Where each phrase of the rule set is written."""
        return self.search.index.find(self._texts)

    @cached_property
    def heard(self) -> frozenset[int]:
        """Every phrase that is written somewhere or sounds so."""
        return frozenset(self.occurrences.keys() | self.sound_alikes.keys())

    def lacks(self, phrases: frozenset[int]) -> bool:
        """Whether none of the phrases was heard; never where the search takes no short cuts."""
        return self.search.short_cuts and phrases.isdisjoint(self.heard)

    @cached_property
    def sound_alikes(self) -> Mapping[int, list[Occurrence]]:
        """Where a phrase that counts by sound is not written but sounds so or may be read so.

        Without a comma inside where the sound alone speaks for it.
        """
        alikes = {
            phrase: [at for at in found if self._unbroken(at)]
            for phrase, found in self.search.by_sound(self._texts).items()
        }
        if not self.transcript.reading_turn:
            return alikes
        for phrase, read in self.search.by_reading(self._texts, self.transcript.readings()).items():
            known = alikes.setdefault(phrase, [])
            known += [at for at in read if at not in known]
        return alikes

    def _unbroken(self, at: Occurrence) -> bool:
        start, end = self._squeezed[at.turn].span(at.start, at.end)
        return end - start == at.end - at.start

    @cached_property
    def labels(self) -> tuple[int, ...]:
        """Sentiment of every turn: -1, 0 or +1."""
        return label_turns(self._texts, self.occurrences, self.search.words.sentiment)

    def sentiment_of(self, party: Role) -> PartySentiment:
        """Sentiment of a party over the conversation."""
        return party_sentiment(party, self.transcript, self.labels)

    @property
    def _texts(self) -> tuple[str, ...]:
        return self._squeezed.texts

    @cached_property
    def _words(self) -> Mapping[int, list[Word]]:
        by_turn: dict[int, list[Word]] = {}
        for word in self.transcript.words():
            by_turn.setdefault(word.turn, []).append(word)
        return by_turn

    def matching_text(self, turn: int) -> str:
        """The text of a turn that phrases and patterns are matched on."""
        return self._texts[turn]

    def pairs_of(self, turn: int) -> Counter[str]:
        """Pairs of neighbouring characters of a turn's matching text."""
        if turn not in self._pairs:
            self._pairs[turn] = pairs(self._texts[turn])
        return self._pairs[turn]

    def whole_words(self, at: Occurrence) -> bool:
        """Whether a place in the matching text begins and ends where segmented words do."""
        if at.turn not in self._edges:
            tokens = self._segmenter.tokens(self.turns[at.turn].normalised)
            self._edges[at.turn] = frozenset(edge for token in tokens for edge in (token.start, token.end))
        start, end = self._squeezed[at.turn].span(at.start, at.end)
        return start in self._edges[at.turn] and end in self._edges[at.turn]

    def words_between(self, turn: int, start: int, end: int) -> int:
        """Number of segmented words inside ``[start, end)`` of the matching text."""
        first, last = self._squeezed[turn].span(start, end)
        tokens = self._segmenter.tokens(self.turns[turn].normalised)
        return sum(token.start >= first and token.end <= last for token in tokens)

    def spoken(self, turn: int, start: int, end: int) -> Spoken:
        """``[start, end)`` of the matching text in the text as heard, with times and probability."""
        key = (turn, start, end)
        if key not in self._spoken:
            self._spoken[key] = self._locate(turn, *self._squeezed[turn].span(start, end))
        return self._spoken[key]

    def _locate(self, turn: int, start: int, end: int) -> Spoken:
        told = self.transcript
        text, normalised = told.turn_text[turn], told.turn_normalised[turn]
        if text != normalised:
            if turn not in self._normalised:
                self._normalised[turn] = normalise(text)
            derived = self._normalised[turn]
            # Normalised by another version: only the turn as a whole is certain to hold the words.
            start, end = derived.span(start, end) if derived.text == normalised else (0, len(text))
        words = [w for w in self._words.get(turn, ()) if w.start < end and w.end > start]
        if not words:
            confidence = told.turn_confidence[turn]
            return Spoken(start, end, told.turn_start_ms[turn], told.turn_end_ms[turn], confidence)
        length = sum(word.end - word.start for word in words)
        weighted = sum(word.probability * (word.end - word.start) for word in words)
        return Spoken(start, end, words[0].start_ms, words[-1].end_ms, weighted / max(length, 1))

    def quoted(self, at: Occurrence) -> bool:
        """Whether the words at a place are repeated from another's mouth."""
        return self.search.words.quoting.quotes(self._texts[at.turn], at, self.occurrences)

    def negated(self, at: Occurrence) -> bool:
        """Whether the words at a place are denied."""
        return self.search.words.negation.negates(self._texts[at.turn], at)

    @cached_property
    def begin_ms(self) -> int:
        """Start of the first turn."""
        return min(self.transcript.turn_start_ms, default=0)

    @cached_property
    def end_ms(self) -> int:
        """End of the last turn, or of the event where nothing was said."""
        ended = self.header.ended_at - self.header.started_at
        return max(self.transcript.turn_end_ms, default=ended)

    @cached_property
    def service_ms(self) -> int:
        """From the answer (else the first agent's entry, else the start) to the end of the interaction."""
        joined = [agent.joined_at for agent in self.header.agents if agent.joined_at is not None]
        answered = self.header.answered_at
        begin = answered if answered is not None else min(joined, default=self.header.started_at)
        return max(self.header.ended_at - begin, 0)

    @cached_property
    def turn_count(self) -> int:
        """Turns of agent and customer that count: neither automatic nor recalled."""
        told = self.transcript
        rows = zip(told.turn_party, told.turn_automatic, told.turn_recalled, strict=True)
        return sum([party in SERVICE_PARTIES and not (auto or gone) for party, auto, gone in rows])

    @cached_property
    def mono(self) -> bool:
        """Whether agent and customer share an audio channel, so that talking over cannot be told apart."""
        channels = [
            {turn.channel for turn in self.turns if turn.party is party and turn.channel >= 0}
            for party in SERVICE_PARTIES
        ]
        return bool(channels[0] & channels[1]) or any(turn.party is Role.MIXED for turn in self.turns)

    def unheard(self, party: Role, leg: int | None, confidence: float) -> bool:
        """Whether the party spoke in this leg without being understood: absence is then not certain.

        True where a second of speech or more has no turn over it, or one of a confidence below
        ``confidence``. Shorter speech has no room for what an agent must say.
        """
        own = [
            turn
            for turn, its_leg in zip(self.turns, self.leg_of, strict=True)
            if turn.party is party and (leg is None or its_leg == leg)
        ]
        if any(t.confidence < confidence and t.end_ms - t.start_ms >= _LEAST_SPEECH_MS for t in own):
            return True
        several = len(self.header.agents) > 1
        return not several and any(
            interval.end_ms - interval.start_ms >= _LEAST_SPEECH_MS
            and not any(t.start_ms < interval.end_ms and t.end_ms > interval.start_ms for t in own)
            for interval in self.transcript.intervals()
            if interval.party is party
        )


def _squeezed(transcript: Transcript) -> SqueezedTurns:
    spoken = [kind is TurnKind.SPEECH for kind in transcript.turn_kind]
    return squeeze_turns(transcript.turn_normalised, spoken)
