"""The score of one agent leg: every item answered, with the findings behind the answer.

Formula (metrics 3.13): ``score = min(100, 100 x (earned + bonus) / potential)`` over the items that apply;
a bonus is added to what was earned only. NOT_APPLICABLE leaves both sums, and so do the points that hang on a
doubtful verdict: all of the item, or where rules cost a part of it (``deducts``) that part, so that a hit
which becomes doubtful lowers no score. A red line sets the score to zero and the score without it is kept.
"""

from __future__ import annotations

import math

from msgspec import Struct

from processors.scoring.scorecard import Item, Scorecard, Section
from processors.scoring.verdicts import Verdicts, any_of
from schemas.records.scored import ScoreItem
from schemas.records.terms import Channel, ItemAnswer, Verdict

_IN_THE_SUMS = (ItemAnswer.PASS, ItemAnswer.FAIL, ItemAnswer.UNCERTAIN)


class LegContext(Struct, frozen=True):
    """What an item may depend on beside its rules. ``exempt``: the customer's abuse frees this agent."""

    leg: int
    channel: Channel
    language: str
    full_service: bool
    agent_spoke: bool
    exempt: bool


class Points(Struct, frozen=True):
    """What an item brings to the sums; ``in_doubt`` is the part of its weight that left both."""

    earned: float = 0.0
    in_doubt: float = 0.0


class Tally(Struct, frozen=True, kw_only=True):
    """Answers and sums of one leg, before identity."""

    items: tuple[ScoreItem, ...]
    score: float | None
    score_before_red_line: float | None
    earned: float
    potential: float
    bonus: float
    red_line: bool
    review_pending: bool

    @property
    def judged(self) -> bool:
        """Whether anything applied: points at stake, a red line crossed, or a doubt to settle."""
        return self.potential > 0 or self.red_line or self.review_pending


def tally_leg(scorecard: Scorecard, verdicts: Verdicts, context: LegContext) -> Tally:
    """Answer every item of the scorecard for one leg and add up."""
    items = tuple(_answer(section, item, verdicts, context) for section, item in scorecard.items())
    counted = [item for item in items if item.answer in _IN_THE_SUMS]
    earned = math.fsum(item.earned for item in counted)
    potential = math.fsum(item.weight - item.in_doubt for item in counted)
    bonus = math.fsum(item.earned for item in items if item.answer is ItemAnswer.BONUS)
    plain = min(100.0, round(100.0 * (earned + bonus) / potential, 2)) if potential else None
    crossed = any(item.red_line and item.answer is ItemAnswer.FAIL for item in items)
    return Tally(
        items=items,
        score=0.0 if crossed else plain,
        score_before_red_line=plain if crossed else None,
        earned=earned,
        potential=potential,
        bonus=bonus,
        red_line=crossed,
        review_pending=any(item.answer is ItemAnswer.UNCERTAIN for item in items),
    )


def _answer(section: Section, item: Item, verdicts: Verdicts, context: LegContext) -> ScoreItem:
    points = item.bonus or item.weight
    reason = _inapplicable(item, verdicts, context)
    verdict = None if reason else any_of(filter(None, (verdicts.of(r, context.leg) for r in item.rules)))
    answer, reason = _read(item, verdict, reason or "not-asked", context.agent_spoke)
    receipts: tuple[int, ...] = ()
    if verdict in (Verdict.HIT, Verdict.UNCERTAIN):
        deciding = [rule for rule in item.rules if verdicts.of(rule, context.leg) is verdict]
        receipts = verdicts.receipts(deciding, context.leg, verdict)
    if answer is ItemAnswer.UNCERTAIN:
        reason = min(verdicts.findings[index].doubt.value for index in receipts).lower()
    brought = _points(item, answer, verdicts, context.leg)
    return ScoreItem(
        item_id=item.id,
        item_name=item.name.in_language(context.language),
        section=section.id,
        answer=answer,
        weight=points,
        earned=brought.earned,
        in_doubt=brought.in_doubt,
        red_line=item.red_line,
        reason=reason,
        findings=receipts,
    )


def _inapplicable(item: Item, verdicts: Verdicts, context: LegContext) -> str:
    """Why the item is not asked, or an empty string."""
    if context.exempt:
        return "exempt"
    if item.full_service and not context.full_service:
        return "short"
    if item.needs.channels and context.channel not in item.needs.channels:
        return "channel"
    needed = item.needs.any_hit
    if needed and not any(verdicts.of(rule, context.leg) is Verdict.HIT for rule in needed):
        return "precondition"
    return ""


def _read(item: Item, verdict: Verdict | None, unasked: str, agent_spoke: bool) -> tuple[ItemAnswer, str]:
    """The answer a verdict stands for. Who said nothing passes nothing; a fault of theirs still counts."""
    if verdict is None:
        return ItemAnswer.NOT_APPLICABLE, unasked
    if verdict is Verdict.HIT:
        return (ItemAnswer.BONUS if item.bonus else ItemAnswer.FAIL), ""
    if verdict is Verdict.UNCERTAIN:
        return ItemAnswer.UNCERTAIN, ""
    if verdict is Verdict.NOT_APPLICABLE or item.bonus:
        return ItemAnswer.NOT_APPLICABLE, "" if item.bonus else "precondition"
    if not agent_spoke and not item.red_line:
        return ItemAnswer.NOT_APPLICABLE, "agent-silent"
    return ItemAnswer.PASS, ""


def _points(item: Item, answer: ItemAnswer, verdicts: Verdicts, leg: int) -> Points:
    if answer is ItemAnswer.BONUS:
        return Points(item.bonus)
    if item.bonus:
        return Points(in_doubt=item.bonus if answer is ItemAnswer.UNCERTAIN else 0.0)
    if answer is ItemAnswer.NOT_APPLICABLE:
        return Points()
    lost = _cost(item, verdicts, leg, Verdict.HIT)
    doubtful = min(item.weight - lost, _cost(item, verdicts, leg, Verdict.UNCERTAIN))
    return Points(item.weight - lost - doubtful, doubtful)


def _cost(item: Item, verdicts: Verdicts, leg: int, verdict: Verdict) -> float:
    """Points that the rules of this verdict cost together, at most the whole item."""
    rules = [rule for rule in item.rules if verdicts.of(rule, leg) is verdict]
    return min(item.weight, math.fsum(item.deducts.get(rule, item.weight) for rule in rules))
