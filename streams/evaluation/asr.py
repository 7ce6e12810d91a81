"""The evaluation of a model: error rates by party, agent, queue and speed, times, and findings lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from processors.language.lexicon import Lexicon
from processors.transcription import Hearer
from processors.transcription.engine import EngineInfo
from streams.evaluation.accuracy import Accuracy
from streams.evaluation.comparison import PartyComparison, TurnAccuracy, compare
from streams.evaluation.hearing import HeardRaw, hear_raw
from streams.evaluation.manifest import EvaluatedCall
from streams.evaluation.normaliser import NORMALISER_VERSION
from streams.evaluation.rule_recall import RuleOutcome, RuleRecall, Rules, recall_of, rule_outcomes

# Units a minute: slow, ordinary, quick, and beyond what the rules call too fast.
_SPEEDS = (0, 200, 250, 300)


class TimeErrors(Struct, frozen=True, kw_only=True):
    """How far heard times lie from the true ones, in milliseconds."""

    count: int
    median_ms: float
    p95_ms: float
    within_300_ms: float


class CallEvaluation(Struct, frozen=True, kw_only=True):
    """One call, heard and compared."""

    evaluated: EvaluatedCall
    parties: tuple[PartyComparison, ...]
    outcomes: tuple[RuleOutcome, ...]
    audio_ms: int
    seconds: float


class AsrEvaluation(Struct, frozen=True, kw_only=True):
    """All calls together. ``groups`` are accuracies by kind (party, agent, queue, speed, call) and name."""

    info: EngineInfo
    normaliser_version: str
    calls: tuple[CallEvaluation, ...]
    characters: Accuracy
    words: Accuracy | None
    groups: Mapping[str, Mapping[str, Accuracy]]
    word_times: TimeErrors | None
    borders: TimeErrors | None
    rules: RuleRecall

    @property
    def real_time_factor(self) -> float:
        """Seconds of work for each second of each channel."""
        return sum(call.seconds for call in self.calls) * 1000 / sum(call.audio_ms for call in self.calls)


def evaluate_call(
    evaluated: EvaluatedCall, hearer: Hearer, lexicons: Mapping[str, Lexicon], rules: Mapping[str, Rules]
) -> CallEvaluation:
    """Hear one call and compare it. Rules of a language that has none say nothing.

    Raises ``RecordingMissing`` and ``RecordingRejected``.
    """
    heard = hear_raw(evaluated.call, hearer, lexicons)
    chosen = rules.get(heard.listened.language.split("-", maxsplit=1)[0])
    return CallEvaluation(
        evaluated=evaluated,
        parties=compare(evaluated.turns, heard.listened),
        outcomes=_outcomes(evaluated, heard, chosen),
        audio_ms=heard.audio_ms,
        seconds=heard.seconds,
    )


def evaluate_asr(calls: Sequence[CallEvaluation], info: EngineInfo) -> AsrEvaluation:
    """What the calls say together. Raises ``ValueError`` for no calls."""
    if not calls:
        raise ValueError("no calls were evaluated")
    parties = [party for call in calls for party in call.parties]
    spaced = [party.words for party in parties if party.words is not None]
    return AsrEvaluation(
        info=info,
        normaliser_version=NORMALISER_VERSION,
        calls=tuple(calls),
        characters=_total(party.characters for party in parties),
        words=_total(spaced) if spaced else None,
        groups={
            "party": _grouped(calls, lambda call, party: party.role.value.lower()),
            "agent": _grouped(calls, lambda call, party: call.evaluated.call.agent, only="AGENT"),
            "queue": _grouped(calls, lambda call, party: call.evaluated.call.queue or "-"),
            "speed": _by_speed(turn for party in parties for turn in party.turns),
            "call": _grouped(calls, lambda call, party: call.evaluated.call.id),
        },
        word_times=_times([error for party in parties for error in party.word_errors_ms]),
        borders=_times([error for party in parties for error in party.border_errors_ms]),
        rules=recall_of(outcome for call in calls for outcome in call.outcomes),
    )


def _outcomes(evaluated: EvaluatedCall, heard: HeardRaw, rules: Rules | None) -> tuple[RuleOutcome, ...]:
    if rules is None:
        return ()
    return rule_outcomes(evaluated.call, evaluated.turns, heard.transcribed, rules)


def _total(accuracies: Iterable[Accuracy]) -> Accuracy:
    return sum(accuracies, start=Accuracy())


def _grouped(
    calls: Sequence[CallEvaluation],
    name_of: Callable[[CallEvaluation, PartyComparison], str],
    only: str | None = None,
) -> dict[str, Accuracy]:
    groups: dict[str, Accuracy] = defaultdict(Accuracy)
    for call in calls:
        for party in call.parties:
            if only is None or party.role.value == only:
                groups[name_of(call, party)] += party.characters
    return dict(sorted(groups.items()))


def _by_speed(turns: Iterable[TurnAccuracy]) -> dict[str, Accuracy]:
    groups: dict[int, Accuracy] = defaultdict(Accuracy)
    for turn in turns:
        if turn.units_per_minute is not None:
            least = max(speed for speed in _SPEEDS if speed <= turn.units_per_minute)
            groups[least] += turn.characters
    return {_speed_name(least): groups[least] for least in sorted(groups)}


def _speed_name(least: int) -> str:
    place = _SPEEDS.index(least)
    return f"{least}-{_SPEEDS[place + 1]}" if place + 1 < len(_SPEEDS) else f"{least}+"


def _times(errors: Sequence[int]) -> TimeErrors | None:
    if not errors:
        return None
    return TimeErrors(
        count=len(errors),
        median_ms=float(np.median(errors)),
        p95_ms=float(np.percentile(errors, 95)),
        within_300_ms=sum(error <= 300 for error in errors) / len(errors),
    )
