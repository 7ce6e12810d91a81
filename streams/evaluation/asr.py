"""The evaluation of a model: error rates by party, agent, queue and speed, times, and findings lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from processors.language.lexicon import Lexicon
from processors.transcription import Hearer
from processors.transcription.engine import EngineInfo
from schemas.records.terms import Role
from streams.evaluation.accuracy import Accuracy
from streams.evaluation.comparison import PartyComparison, TurnAccuracy, compare
from streams.evaluation.hearing import HeardRaw, hear_raw
from streams.evaluation.insertions import added_terms
from streams.evaluation.manifest import EvaluatedCall
from streams.evaluation.normaliser import NORMALISER_VERSION
from streams.evaluation.read import as_read
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
    """One call, heard and compared: ``parties`` as heard, ``read`` with its readings in place.

    ``added`` are domain words heard more often than they were said.
    """

    evaluated: EvaluatedCall
    parties: tuple[PartyComparison, ...]
    read: tuple[PartyComparison, ...]
    added: Mapping[str, int]
    outcomes: tuple[RuleOutcome, ...]
    audio_ms: int
    seconds: float


class AsrEvaluation(Struct, frozen=True, kw_only=True):
    """All calls together. ``groups`` are accuracies by kind (party, agent, queue, speed, call) and name.

    ``read`` and ``read_groups`` are the same with readings in the place of the heard words.
    """

    info: EngineInfo
    normaliser_version: str
    calls: tuple[CallEvaluation, ...]
    characters: Accuracy
    read: Accuracy
    words: Accuracy | None
    groups: Mapping[str, Mapping[str, Accuracy]]
    read_groups: Mapping[str, Mapping[str, Accuracy]]
    added: Mapping[str, int]
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
        read=compare(evaluated.turns, as_read(heard.listened, hearer.readers)),
        added=added_terms(evaluated.turns, heard.listened, lexicons),
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
        read=_total(party.characters for call in calls for party in call.read),
        words=_total(spaced) if spaced else None,
        groups=_groups(calls, lambda call: call.parties),
        read_groups=_groups(calls, lambda call: call.read),
        added=sum((Counter(call.added) for call in calls), start=Counter()),
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


def _groups(
    calls: Sequence[CallEvaluation], parties_of: Callable[[CallEvaluation], Sequence[PartyComparison]]
) -> dict[str, dict[str, Accuracy]]:
    parties = [(call.evaluated.call, party) for call in calls for party in parties_of(call)]
    return {
        "party": _named((party.role.value.lower(), party) for _, party in parties),
        "agent": _named((call.agent, party) for call, party in parties if party.role is Role.AGENT),
        "queue": _named((call.queue or "-", party) for call, party in parties),
        "speed": _by_speed(turn for _, party in parties for turn in party.turns),
        "call": _named((call.id, party) for call, party in parties),
    }


def _named(parties: Iterable[tuple[str, PartyComparison]]) -> dict[str, Accuracy]:
    groups: dict[str, Accuracy] = defaultdict(Accuracy)
    for name, party in parties:
        groups[name] += party.characters
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
