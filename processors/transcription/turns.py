"""Recognised words put into turns, whose borders come from voice activity: word times are less exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from processors.language.units import counts_characters, spoken_units
from processors.transcription.engine import HeardWord, Span
from schemas.records.terms import Role

# Pauses of one party up to a second, in which nobody else speaks, do not end its turn.
_PAUSE_MS = 1_000
_LONGEST_TURN_MS = 30_000
_FULL_WIDTH = str.maketrans(",?!:;", "，？！：；")
_EDGE = " ,，、;；:："


class PartySpeech(Struct, frozen=True, kw_only=True):
    """Activity and words of one channel, on the interaction's time line."""

    party: Role
    channel: int
    speech: tuple[Span, ...]
    words: tuple[HeardWord, ...]


class PlacedWord(Struct, frozen=True, kw_only=True):
    """A word at ``[start, end)`` of its turn's text."""

    start: int
    end: int
    start_ms: int
    end_ms: int
    probability: float


class SpokenTurn(Struct, frozen=True, kw_only=True):
    """One party's uninterrupted stretch. ``talk_ms`` leaves out its pauses longer than 600 ms."""

    party: Role
    channel: int
    start_ms: int
    end_ms: int
    talk_ms: int
    text: str
    words: tuple[PlacedWord, ...]
    units: int

    @property
    def confidence(self) -> float:
        """Mean probability of the words."""
        return sum(word.probability for word in self.words) / len(self.words)


def build_turns(parties: Sequence[PartySpeech], language: str) -> list[SpokenTurn]:
    """Turns of all channels in the order in which they begin. Speech without any letter makes no turn."""
    turns = []
    for party in parties:
        others = [span for other in parties if other is not party for span in other.speech]
        words = _allot(party.words, party.speech)
        for group in _groups(party, others):
            turns += _turn(party, group, [words[span] for span in group], language)
    return sorted(turns, key=lambda turn: (turn.start_ms, turn.end_ms, turn.channel))


def _groups(party: PartySpeech, others: Sequence[Span]) -> list[list[Span]]:
    groups: list[list[Span]] = []
    for span in party.speech:
        if groups and party.party is not Role.MIXED and _continues(groups[-1], span, others):
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _continues(group: Sequence[Span], span: Span, others: Sequence[Span]) -> bool:
    gap = Span(group[-1].end_ms, span.start_ms)
    return (
        gap.length_ms <= _PAUSE_MS
        and span.end_ms - group[0].start_ms <= _LONGEST_TURN_MS
        and not any(other.start_ms < gap.end_ms and other.end_ms > gap.start_ms for other in others)
    )


def _turn(
    party: PartySpeech, group: Sequence[Span], words: Sequence[Sequence[HeardWord]], language: str
) -> list[SpokenTurn]:
    growing = _Text(counts_characters(language))
    for stretch in words:
        growing.pause()
        for word in stretch:
            growing.add(word)
    text, placed = growing.finished()
    if not placed:
        return []
    return [
        SpokenTurn(
            party=party.party,
            channel=party.channel,
            start_ms=group[0].start_ms,
            end_ms=group[-1].end_ms,
            talk_ms=sum(span.length_ms for span in group),
            text=text,
            words=placed,
            units=spoken_units(text, language),
        )
    ]


def _allot(words: Sequence[HeardWord], speech: Sequence[Span]) -> dict[Span, list[HeardWord]]:
    """Each word to the stretch of speech that is nearest to the word's middle."""
    allotted: dict[Span, list[HeardWord]] = {span: [] for span in speech}
    if not speech:
        return allotted
    starts = np.array([span.start_ms for span in speech])
    ends = np.array([span.end_ms for span in speech])
    for word in words:
        middle = (word.start_ms + word.end_ms) / 2
        distance = np.maximum(np.maximum(starts - middle, middle - ends), 0)
        allotted[speech[int(np.argmin(distance))]].append(word)
    return allotted


class _Text:
    """Text of a turn as it grows, with the place of each word; marks stand in the text but are no words."""

    def __init__(self, han: bool) -> None:
        self._han = han
        self._text = ""
        self._words: list[PlacedWord] = []

    def pause(self) -> None:
        """Mark a pause where the recogniser wrote no mark."""
        if self._text and self._text[-1].isalnum():
            self._text += "，" if self._han else ","

    def add(self, word: HeardWord) -> None:
        """Append a word or a mark; a turn does not begin with a comma."""
        piece = word.text.strip()
        spoken = any(character.isalnum() for character in piece)
        if self._han and not spoken:
            piece = piece.translate(_FULL_WIDTH)
        if not self._text and not piece.strip(_EDGE):
            return
        self._text += self._space(word.text)
        start = len(self._text)
        self._text += piece
        if spoken:
            self._words.append(
                PlacedWord(
                    start=start,
                    end=len(self._text),
                    start_ms=word.start_ms,
                    end_ms=word.end_ms,
                    probability=word.probability,
                )
            )

    def finished(self) -> tuple[str, tuple[PlacedWord, ...]]:
        """Text without a comma at its end, and its words."""
        return self._text.rstrip(_EDGE), tuple(self._words)

    def _space(self, word: str) -> str:
        if not self._text or not word[:1].isspace():
            return ""
        both_latin = self._text[-1].isascii() and word.strip()[:1].isascii()
        return " " if both_latin or not self._han else ""
