"""Sentiment of turns and parties by a lexicon with negation (metrics 3.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from processors.classification.matcher import Occurrence
from schemas.records.classified import PartySentiment
from schemas.records.terms import Role
from schemas.records.transcribed import Transcript

LEAST_HAN = 4
LEAST_LATIN = 8
QUARTERS = 4
SCALE = 5.0
_ENOUGH_HAN = re.compile(rf"(?:[\u3400-\u9fff][^\u3400-\u9fff]*){{{LEAST_HAN}}}")
_ENOUGH_LATIN = re.compile(rf"(?:[a-z][^a-z]*){{{LEAST_LATIN}}}")


@dataclass(frozen=True)
class SentimentLexicon:
    """Phrase ids by polarity; a negator at most ``reach`` characters before a phrase turns it round."""

    positive: frozenset[int] = frozenset()
    negative: frozenset[int] = frozenset()
    negators: frozenset[int] = frozenset()
    reach: int = 2

    @cached_property
    def polarity(self) -> Mapping[int, int]:
        """+1 or -1 of every phrase that has one; a phrase in both lists has none."""
        return {
            **dict.fromkeys(self.positive - self.negative, 1),
            **dict.fromkeys(self.negative - self.positive, -1),
        }


def label_turns(
    texts: Sequence[str], occurrences: Mapping[int, Sequence[Occurrence]], lexicon: SentimentLexicon
) -> tuple[int, ...]:
    """-1, 0 or +1 for every turn: the sign of its phrases' sum; 0 for turns too short to tell."""
    polar: dict[int, list[tuple[Occurrence, int]]] = {}
    for phrase in lexicon.polarity.keys() & occurrences.keys():
        for at in occurrences[phrase]:
            polar.setdefault(at.turn, []).append((at, lexicon.polarity[phrase]))
    labels = [0] * len(texts)
    turning = _negators(occurrences, lexicon) if polar else {}
    for turn, found in polar.items():
        if _long_enough(texts[turn]):
            labels[turn] = _sign(found, turning.get(turn, ()), lexicon.reach)
    return tuple(labels)


def _negators(
    occurrences: Mapping[int, Sequence[Occurrence]], lexicon: SentimentLexicon
) -> Mapping[int, Sequence[Occurrence]]:
    by_turn: dict[int, list[Occurrence]] = {}
    for phrase in (lexicon.negators & occurrences.keys()) - lexicon.polarity.keys():
        for at in occurrences[phrase]:
            by_turn.setdefault(at.turn, []).append(at)
    return by_turn


def _sign(found: Sequence[tuple[Occurrence, int]], negators: Sequence[Occurrence], reach: int) -> int:
    total, taken = 0, list[Occurrence]()
    for at, polarity in sorted(found, key=lambda pair: (pair[0].start - pair[0].end, pair[0].start)):
        if any(at.start < other.end and at.end > other.start for other in taken):
            continue
        taken.append(at)
        turned = any(0 <= at.start - negator.end <= reach for negator in negators)
        total += -polarity if turned else polarity
    return (total > 0) - (total < 0)


def _long_enough(text: str) -> bool:
    return bool(_ENOUGH_HAN.search(text) or _ENOUGH_LATIN.search(text))


def party_sentiment(party: Role, transcript: Transcript, labels: Sequence[int]) -> PartySentiment:
    """Quarter scores of one party: 5 x mean label of the turns that begin in each quarter.

    The quarters divide the time from 0 to the party's last word; ``overall`` is the mean of the quarters
    with a turn, ``shift`` the last of them minus the first.
    """
    spans = zip(transcript.turn_party, transcript.turn_start_ms, transcript.turn_end_ms, labels, strict=True)
    own = [(start, end, label) for speaker, start, end, label in spans if speaker is party]
    last_ms = max([end for _, end, _ in own], default=0)
    parts: list[list[int]] = [[] for _ in range(QUARTERS)]
    for start, _, label in own:
        quarter = QUARTERS * start // last_ms if last_ms else 0
        parts[min(quarter, QUARTERS - 1)].append(label)
    scores = [round(SCALE * sum(part) / len(part), 4) if part else None for part in parts]
    known = [score for score in scores if score is not None]
    return PartySentiment(
        party=party,
        overall=round(sum(known) / len(known), 4) if known else None,
        quarter1=scores[0],
        quarter2=scores[1],
        quarter3=scores[2],
        quarter4=scores[3],
        shift=round(known[-1] - known[0], 4) if known else None,
    )
