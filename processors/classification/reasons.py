"""Contact reasons of an interaction, and which of them is the primary one."""

from __future__ import annotations

from collections.abc import Iterable

from processors.classification.ruleset import Rule
from schemas.records.classified import ContactReason, Evidence
from schemas.records.terms import Verdict

Answer = tuple[Rule, Verdict, tuple[Evidence, ...]]


def contact_reasons(answers: Iterable[Answer]) -> tuple[ContactReason, ...]:
    """Every reason that a REASON rule gives, each once, the primary one first.

    Order: certain before uncertain, then the rule's priority, then the time of the first deciding
    place, then the code. The first is the primary reason. Rules of priority 0 are the fallback: they
    give a reason only where no other rule does.
    """
    given = [answer for answer in answers if answer[1] in (Verdict.HIT, Verdict.UNCERTAIN)]
    given = [answer for answer in given if answer[0].priority > 0] or given
    best: dict[tuple[str, str], ContactReason] = {}
    for rule, verdict, evidence in sorted(given, key=_rank):
        assert rule.reason is not None
        code = (rule.reason.level1, rule.reason.level2)
        if code not in best:
            best[code] = ContactReason(
                level1=code[0],
                level2=code[1],
                rule_id=rule.id,
                verdict=verdict,
                turn=evidence[0].turn if evidence else -1,
                primary=not best,
            )
    return tuple(best.values())


def _rank(answer: Answer) -> tuple[bool, int, int, str]:
    rule, verdict, evidence = answer
    start_ms = evidence[0].start_ms if evidence else 0
    return (verdict is not Verdict.HIT, -rule.priority, start_ms, rule.id)
