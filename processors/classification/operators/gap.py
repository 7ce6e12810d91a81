"""Operator ``gap``: silence that nobody announced (metrics 3.4, dead air)."""

from __future__ import annotations

from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Value, any_of, at_least
from processors.classification.operators.comparison import Comparison, parse_comparison
from processors.classification.source import Cursor
from processors.classification.view import UNSURE_PARTIES, Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt, Role

GAP_KEYS = ("times", "after", "before", "announced", "announced_within_ms", "awaited")
# Share of a silence that a hold must last to be its likely cause: own choice.
_HOLD_SHARE = 0.8
# Where nobody knows who spoke, an announcement is taken for the agent's: doubt is the agent's.
_MAYBE_AGENT = (Role.AGENT, *UNSURE_PARTIES)


@dataclass(frozen=True)
class Gap(Condition):
    """``times`` silences of the compared length.

    A silence does not count where the agent said an ``announced`` phrase in the last
    ``announced_within_ms`` before it, or where the agent's last turn before it holds an ``awaited``
    phrase: then it is the customer who is looking something up. ``after`` and ``before`` name the party
    that spoke last before and first after it.
    """

    length: Comparison
    times: int
    after: tuple[Role, ...]
    before: tuple[Role, ...]
    announced: tuple[int, ...]
    announced_within_ms: int
    awaited: tuple[int, ...]
    operator: str

    @property
    def cost(self) -> Cost:
        """Looking at silences and the turns around them."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """Each silence is evidence with its length in ms; doubtful after a hold or on one channel."""
        values = []
        for silence in view.conversation.transcript.silences():
            around = _Around.of(view, silence.start_ms, silence.end_ms)
            if not self._between(around) or not view.covers(around.last):
                continue
            evidence = Evidence(
                operator=self.operator, start_ms=silence.start_ms, end_ms=silence.end_ms, unit="ms"
            )
            length = silence.end_ms - silence.start_ms
            value = self.length.judge(length, evidence)
            if value is FALSE or self._excused(view, around, silence.start_ms):
                continue
            values.append(_doubtful(view, around, value, length))
        return at_least(self.times, values) if values else any_of(())

    def _between(self, around: _Around) -> bool:
        """Silence before the first or after the last turn lies between nobody."""
        if around.last < 0 or around.next < 0:
            return False
        return (not self.after or around.last_party in self.after) and (
            not self.before or around.next_party in self.before
        )

    def _excused(self, view: View, around: _Around, start_ms: int) -> bool:
        found, turns = view.conversation.occurrences, view.conversation.turns
        for phrase in self.announced:
            for at in found.get(phrase, ()):
                if turns[at.turn].party not in _MAYBE_AGENT:
                    continue
                end_ms = view.conversation.spoken(at.turn, at.start, at.end).end_ms
                if start_ms - self.announced_within_ms <= end_ms <= start_ms + 1000:
                    return True
        return any(
            at.turn == around.last and turns[at.turn].party in _MAYBE_AGENT
            for phrase in self.awaited
            for at in found.get(phrase, ())
        )


@dataclass(frozen=True)
class _Around:
    """The turns on both sides of a silence, -1 where there is none."""

    last: int
    last_party: Role
    next: int
    next_party: Role

    @staticmethod
    def of(view: View, start_ms: int, end_ms: int) -> _Around:
        turns = view.conversation.turns
        middle = (start_ms + end_ms) // 2
        last = max(
            (i for i, turn in enumerate(turns) if turn.start_ms < middle),
            key=lambda i: (turns[i].end_ms, i),
            default=-1,
        )
        following = min(
            (i for i, turn in enumerate(turns) if turn.start_ms >= middle),
            key=lambda i: (turns[i].start_ms, i),
            default=-1,
        )
        return _Around(
            last,
            turns[last].party if last >= 0 else Role.UNKNOWN,
            following,
            turns[following].party if following >= 0 else Role.UNKNOWN,
        )


def _doubtful(view: View, around: _Around, value: Value, length: int) -> Value:
    """The value, weakened where a hold explains the silence or nobody knows whose turn it was to speak."""
    if _held(view, around.last, length):
        return value.doubted(Doubt.AMBIGUOUS)
    unsure = {around.last_party, around.next_party} & set(UNSURE_PARTIES)
    return value.doubted(Doubt.NO_SPEAKER) if unsure else value


def _held(view: View, turn: int, length: int) -> bool:
    """Whether a hold of the leg is long enough to be this silence; its time is not in the event."""
    agents, leg = view.conversation.header.agents, view.conversation.leg_of[turn]
    if not 0 <= leg < len(agents):
        return False
    longest = agents[leg].longest_hold_ms or agents[leg].hold_ms or 0
    return longest >= _HOLD_SHARE * length


def parse_gap(cursor: Cursor, grammar: Grammar) -> Condition:
    """``gap: {above: 5000, times: 1, announced: [...], announced_within_ms: 10000, awaited: [...]}``."""
    body = cursor.mapping(("gap",)).child("gap")
    length = parse_comparison(body, GAP_KEYS, band=0.05)
    times, within = body.get("times"), body.get("announced_within_ms")
    return Gap(
        length=length,
        times=times.whole(1) if times else 1,
        after=grammar.parties(body, "after") if body.has("after") else (),
        before=grammar.parties(body, "before") if body.has("before") else (),
        announced=grammar.phrases(body.get("announced")),
        announced_within_ms=within.whole() if within else 10_000,
        awaited=grammar.phrases(body.get("awaited")),
        operator=f"{cursor.where}.gap",
    )
