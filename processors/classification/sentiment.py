"""Sentiment of turns and parties by a lexicon with negation (metrics 3.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from processors.classification.matcher import Occurrence
from schemas.records.classified import PartySentiment
from schemas.records.terms import Role
from schemas.records.transcribed import Turn

LEAST_HAN = 4
LEAST_LATIN = 8
QUARTERS = 4
SCALE = 5.0
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True)
class SentimentLexicon:
    """Phrase ids by polarity; a negator at most ``reach`` characters before a phrase turns it round."""

    positive: frozenset[int] = frozenset()
    negative: frozenset[int] = frozenset()
    negators: frozenset[int] = frozenset()
    reach: int = 2


def label_turns(
    texts: Sequence[str], occurrences: Mapping[int, Sequence[Occurrence]], lexicon: SentimentLexicon
) -> tuple[int, ...]:
    """-1, 0 or +1 for every turn: the sign of its phrases' sum; 0 for turns too short to tell."""
    polar: dict[int, list[tuple[Occurrence, int]]] = {}
    negators: dict[int, list[Occurrence]] = {}
    for phrase, found in occurrences.items():
        polarity = (phrase in lexicon.positive) - (phrase in lexicon.negative)
        for at in found:
            if polarity:
                polar.setdefault(at.turn, []).append((at, polarity))
            elif phrase in lexicon.negators:
                negators.setdefault(at.turn, []).append(at)
    return tuple(
        _sign(polar.get(turn, ()), negators.get(turn, ()), lexicon.reach) if _long_enough(text) else 0
        for turn, text in enumerate(texts)
    )


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
    return len(_HAN.findall(text)) >= LEAST_HAN or len(_LATIN.findall(text)) >= LEAST_LATIN


def party_sentiment(party: Role, turns: Sequence[Turn], labels: Sequence[int]) -> PartySentiment:
    """Quarter scores of one party: 5 x mean label of the turns that begin in each quarter.

    The quarters divide the time from 0 to the party's last word; ``overall`` is the mean of the quarters
    with a turn, ``shift`` the last of them minus the first.
    """
    own = [(turn, label) for turn, label in zip(turns, labels, strict=True) if turn.party is party]
    last_ms = max((turn.end_ms for turn, _ in own), default=0)
    parts: list[list[int]] = [[] for _ in range(QUARTERS)]
    for turn, label in own:
        quarter = QUARTERS * turn.start_ms // last_ms if last_ms else 0
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
