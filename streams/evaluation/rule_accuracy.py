"""How often rules are right on labelled material: precision, recall, F1, and what recognition costs each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from processors.classification import RuleSet, classify
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.rehearsal import staged
from processors.language.segmenter import Segmenter
from schemas.records.classified import Classification
from schemas.records.terms import Channel, Role, Verdict
from schemas.records.transcribed import InteractionTranscribed
from streams.evaluation.rule_recall import RuleOutcome


class Tally(Struct, kw_only=True):
    """Counts of a yes-or-no judgement against labels."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0
    rightly_silent: int = 0

    def add(self, labelled: bool, told: bool) -> None:
        """Count one case."""
        if labelled:
            self.hits += told
            self.misses += not told
        else:
            self.false_alarms += told
            self.rightly_silent += not told

    @property
    def precision(self) -> float | None:
        """Share of the told that are labelled so."""
        told = self.hits + self.false_alarms
        return self.hits / told if told else None

    @property
    def recall(self) -> float | None:
        """Share of the labelled that are told."""
        labelled = self.hits + self.misses
        return self.hits / labelled if labelled else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        weight = 2 * self.hits + self.false_alarms + self.misses
        return 2 * self.hits / weight if weight else None

    @property
    def false_alarm_rate(self) -> float | None:
        """Share of what is not labelled so and is told all the same."""
        unlabelled = self.false_alarms + self.rightly_silent
        return self.false_alarms / unlabelled if unlabelled else None

    def shares(self) -> dict[str, float | int | None]:
        """Counts and shares as they are printed."""
        shares = {name: getattr(self, name) for name in ("precision", "recall", "f1", "false_alarm_rate")}
        rounded = {name: None if value is None else round(value, 4) for name, value in shares.items()}
        cases = self.hits + self.false_alarms + self.misses + self.rightly_silent
        return {"cases": cases, "labelled": self.hits + self.misses, **rounded}


class KeptRule(Struct, frozen=True, kw_only=True):
    """One rule on true words and on heard ones. ``doubted``: a hit that became uncertain."""

    rule: str
    true_hits: int
    kept: int
    doubted: int
    added: int


Judge = Callable[[Iterable[tuple[Role, str]], Channel], Classification]


def judge_with(ruleset: RuleSet, segmenter: Segmenter) -> Judge:
    """A function that classifies a dialogue of which only words and speakers are known."""

    def judge(said: Iterable[tuple[Role, str]], channel: Channel = Channel.VOICE) -> Classification:
        turns = tuple(ExampleTurn(party, text) for party, text in said)
        example = Example(Expected.HIT, turns, {"channel": channel.value})
        header, transcript = staged(example, ruleset.language)
        told = InteractionTranscribed(header=header, transcript=transcript)
        found = classify(told, ruleset, segmenter, 0).classification
        assert found is not None
        return found

    return judge


def told_rules(found: Classification, *, doubtful: bool) -> set[str]:
    """Rules that hit; with ``doubtful`` those that are uncertain too."""
    wanted = {Verdict.HIT, Verdict.UNCERTAIN} if doubtful else {Verdict.HIT}
    return {finding.rule_id for finding in found.findings if finding.verdict in wanted}


def primary_reason(found: Classification) -> str | None:
    """Code of the one reason that counts."""
    return next((f"{one.level1}/{one.level2}" for one in found.reasons if one.primary), None)


def reason_accuracy(
    judged: Iterable[tuple[str, str | None]], accepted: Mapping[str, frozenset[str]], fallback: str
) -> dict[str, dict[str, float | int]]:
    """By kind of dialogue: how many have a reason, one that is no fallback, and one that fits the kind."""
    counts: dict[str, Counter[str]] = {}
    for kind, reason in judged:
        for name in (kind, "all"):
            count = counts.setdefault(name, Counter())
            count["dialogues"] += 1
            count["with_reason"] += reason is not None
            count["specific"] += reason not in (None, fallback)
            count["fitting"] += reason in accepted[kind]
    return {
        kind: {
            "dialogues": count["dialogues"],
            **{
                name: round(count[name] / count["dialogues"], 4)
                for name in ("with_reason", "specific", "fitting")
            },
        }
        for kind, count in counts.items()
    }


def kept_by_rule(outcomes: Iterable[RuleOutcome]) -> list[KeptRule]:
    """What became of every rule's hits when a recogniser stood between the words and the rules."""
    by_rule: dict[str, Counter[str]] = {}
    for one in outcomes:
        count = by_rule.setdefault(one.rule, Counter())
        if one.truth is Verdict.HIT:
            count["true"] += 1
            count["kept"] += one.heard is Verdict.HIT
            count["doubted"] += one.heard is Verdict.UNCERTAIN
        else:
            count["added"] += one.heard is Verdict.HIT
    return [
        KeptRule(
            rule=rule,
            true_hits=count["true"],
            kept=count["kept"],
            doubted=count["doubted"],
            added=count["added"],
        )
        for rule, count in sorted(by_rule.items())
        if count.total()
    ]
