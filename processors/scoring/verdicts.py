"""The verdicts of one classification, asked by rule and agent leg."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from schemas.records.classified import Classification, Finding
from schemas.records.terms import FindingKind, Verdict

WHOLE_INTERACTION = -1
_OPEN = (Verdict.UNCERTAIN, Verdict.UNKNOWN)


class UnfoundedVerdict(ValueError):
    """A verdict decides an item but no finding says on what words; nothing is deducted without evidence."""


class Verdicts:
    """What the rules said of each leg.

    A verdict given once for the whole interaction counts for its only leg. Where there are several legs a
    hit of the whole interaction cannot be laid at one agent's door and is uncertain for each of them.
    """

    def __init__(self, classification: Classification, leg_count: int) -> None:
        self.findings: Sequence[Finding] = classification.findings
        self._leg_count = leg_count
        self._verdict: dict[tuple[str, int], set[Verdict]] = defaultdict(set)
        for rule, leg, verdict in zip(
            classification.verdict_rule_id, classification.verdict_leg, classification.verdict, strict=True
        ):
            self._verdict[rule, leg].add(verdict)
        self._findings: dict[tuple[str, int], list[int]] = defaultdict(list)
        for index, finding in enumerate(classification.findings):
            self._findings[finding.rule_id, finding.leg].append(index)

    def of(self, rule_id: str, leg: int) -> Verdict | None:
        """The rule's answer for the leg, or None where the rule set never asked it."""
        said = set(self._verdict.get((rule_id, leg), ()))
        whole = self._verdict.get((rule_id, WHOLE_INTERACTION), set())
        for verdict in whole if leg != WHOLE_INTERACTION else ():
            said.add(Verdict.UNCERTAIN if verdict is Verdict.HIT and self._leg_count > 1 else verdict)
        return any_of(said)

    def receipts(self, rule_ids: Iterable[str], leg: int, verdict: Verdict) -> tuple[int, ...]:
        """Indexes of the findings behind ``verdict``.

        Raises:
            UnfoundedVerdict: there is none.
        """
        found = [
            index
            for rule in rule_ids
            for at in {leg, WHOLE_INTERACTION}
            for index in self._findings.get((rule, at), ())
            if verdict in (self.findings[index].verdict, Verdict.UNCERTAIN)
        ]
        if not found:
            raise UnfoundedVerdict(f"{verdict} of {sorted(rule_ids)} on leg {leg} has no finding")
        return tuple(sorted(found))

    def hits(self, kind: FindingKind, leg: int) -> list[Finding]:
        """Hits of a kind that concern the leg or the whole interaction."""
        return [
            finding
            for finding in self.findings
            if finding.kind is kind
            and finding.verdict is Verdict.HIT
            and finding.leg in (leg, WHOLE_INTERACTION)
        ]


def any_of(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Three-valued OR: a hit decides, then doubt, then NO_HIT; None of nothing.

    A verdict this reader does not know counts as doubt.
    """
    said = set(verdicts)
    if Verdict.HIT in said:
        return Verdict.HIT
    if said.intersection(_OPEN):
        return Verdict.UNCERTAIN
    for verdict in (Verdict.NO_HIT, Verdict.NOT_APPLICABLE):
        if verdict in said:
            return verdict
    return None
