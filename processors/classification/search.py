"""What a rule set looks for in every conversation, compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from processors.classification.matcher import Occurrence, PhraseIndex, Vocabulary
from processors.classification.negation import NegationWords
from processors.classification.quoting import QuotingWords
from processors.classification.readings import by_reading
from processors.classification.sentiment import SentimentLexicon
from processors.language.sound_alikes import SoundAlikes
from schemas.records.transcribed import Reading


@dataclass(frozen=True)
class WordLists:
    """Words of a rule set that belong to no single rule."""

    sentiment: SentimentLexicon = SentimentLexicon()
    quoting: QuotingWords = QuotingWords()
    negation: NegationWords = NegationWords()


class Search:
    """Phrases as one automaton, phrases that count by sound, and the word lists."""

    def __init__(self, vocabulary: Vocabulary, sounds: Iterable[int], words: WordLists) -> None:
        phrases = vocabulary.phrases()
        self.index = PhraseIndex(phrases, vocabulary.literals())
        self.words = words
        self.short_cuts = True
        by_sound = {phrases[phrase]: phrase for phrase in sounds}
        self._by_sound = by_sound
        self._sounds = SoundAlikes(by_sound)

    def plain(self) -> Search:
        """The same search without short cuts: every rule and expression is tried everywhere."""
        slow = copy(self)
        slow.short_cuts = False
        return slow

    def by_sound(self, texts: Sequence[str]) -> Mapping[int, list[Occurrence]]:
        """Places in the turns' matching texts that only sound like a phrase asked for by sound."""
        found: dict[int, list[Occurrence]] = {}
        for turn, text in enumerate(texts if self._by_sound else ()):
            for place in self._sounds.find(text):
                at = Occurrence(turn, place.start, place.end, place.phrase)
                found.setdefault(self._by_sound[place.phrase], []).append(at)
        return found

    def by_reading(self, texts: Sequence[str], readings: Iterable[Reading]) -> Mapping[int, list[Occurrence]]:
        """Places where a phrase asked for by sound stands in the text as it may be read."""
        return by_reading(self.index, self._by_sound.values(), texts, readings) if self._by_sound else {}
