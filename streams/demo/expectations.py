"""Compares what came out of the demo with what a careful person says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from schemas.records.terms import FindingKind, Verdict
from streams.demo.expected import Certainty, Expectation, RuleOnLeg
from streams.demo.outcome import Found, Outcome

BLAMING = (FindingKind.FAULT, FindingKind.EXEMPTION)


class Difference(Struct, frozen=True):
    """One point in which an interaction's outcome is not what a person says, in Chinese and English."""

    interaction_id: str
    point: str
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """``interaction: sentence`` for a reader of the language."""
        return f"{self.interaction_id}: {self.en if language.startswith('en') else self.zh}"


def compare(expected: Mapping[str, Expectation], outcomes: Mapping[str, Outcome]) -> list[Difference]:
    """Every difference, by interaction in the order of ``expected``, then the interactions nobody expects."""
    differences: list[Difference] = []
    for interaction_id, wanted in expected.items():
        outcome = outcomes.get(interaction_id)
        if outcome is None:
            differences.append(Difference(interaction_id, "outcome", "没有任何结果", "has no outcome at all"))
            continue
        # Where the ending is another, every further difference only repeats it.
        said = list(_ending(wanted, outcome)) or [s for check in CHECKS for s in check(wanted, outcome)]
        differences += (Difference(interaction_id, point, zh, en) for point, zh, en in said)
    for interaction_id in outcomes:
        if interaction_id not in expected:
            differences.append(
                Difference(interaction_id, "outcome", "预期里没有这个交互", "is not among the expected")
            )
    return differences


Said = Iterator[tuple[str, str, str]]


def _ending(wanted: Expectation, outcome: Outcome) -> Said:
    want = _ending_name(wanted.dead_letter, wanted.exclusion)
    have = _ending_name(outcome.dead_letter, outcome.exclusion)
    if want != have:
        yield "outcome", f"应为 {want}，实为 {have}", f"should end as {want}, ended as {have}"


def _ending_name(dead_letter: object, exclusion: object) -> str:
    if dead_letter is not None:
        return f"DEAD_LETTERED {dead_letter}"
    return "SCORED" if exclusion is None else f"EXCLUDED {exclusion}"


def _must(wanted: Expectation, outcome: Outcome) -> Said:
    missed = {miss.rule for miss in wanted.known_miss}
    for text, certainty in wanted.must.items():
        rule = RuleOnLeg.parse(text)
        said = {f.verdict.value for f in outcome.findings if rule.concerns(f.rule_id, f.leg)}
        decided = Verdict.HIT.value in said
        right = decided if certainty is Certainty.HIT else said and not decided
        if right or text in missed:
            continue
        have = "/".join(sorted(said)) or "没有发现"
        yield (
            f"must {text}",
            f"应发现 {text}（{certainty}），实为 {have}",
            f"should find {text} as {certainty}, {'found ' + '/'.join(sorted(said)) if said else 'did not'}",
        )


def _must_not(wanted: Expectation, outcome: Outcome) -> Said:
    for text in wanted.must_not:
        rule = RuleOnLeg.parse(text)
        for found in outcome.findings:
            if rule.concerns(found.rule_id, found.leg):
                yield _unwanted(found)


def _unnamed_blame(wanted: Expectation, outcome: Outcome) -> Said:
    """A fault or exemption that the person neither names nor tolerates must not be found."""
    named = [RuleOnLeg.parse(text) for text in (*wanted.must, *wanted.may, *wanted.must_not)]
    for found in outcome.findings:
        blames = found.kind in BLAMING and found.verdict is Verdict.HIT
        if blames and not any(rule.concerns(found.rule_id, found.leg) for rule in named):
            yield _unwanted(found)


def _unwanted(found: Found) -> tuple[str, str, str]:
    at = f"{found.rule_id}@{found.leg}" if found.leg >= 0 else found.rule_id
    return f"must_not {at}", f"不应发现 {at}（{found.verdict}）", f"should not find {at} ({found.verdict})"


def _scores(wanted: Expectation, outcome: Outcome) -> Said:
    for leg in sorted(wanted.score.keys() | outcome.scores.keys()):
        have = outcome.scores.get(leg)
        if leg not in wanted.score:
            yield f"score {leg}", f"第 {leg + 1} 位客服不应有得分", f"leg {leg} should not be scored"
            continue
        low, high = wanted.score[leg]
        if have is None or not low <= have <= high:
            shown = "无" if have is None else f"{have:g}"
            yield (
                f"score {leg}",
                f"第 {leg + 1} 位客服应得 {low:g} 至 {high:g} 分，实得 {shown}",
                f"leg {leg} should score {low:g} to {high:g}, scored {'nothing' if have is None else shown}",
            )


def _red_lines(wanted: Expectation, outcome: Outcome) -> Said:
    if set(wanted.red_line) != set(outcome.red_lines):
        want, have = sorted(wanted.red_line), sorted(outcome.red_lines)
        yield (
            "red_line",
            f"触红线的应为 {want}，实为 {have}",
            f"red lines on legs {want} expected, got {have}",
        )


def _review(wanted: Expectation, outcome: Outcome) -> Said:
    if wanted.review is not None and wanted.review != outcome.review_pending:
        want = wanted.review
        yield (
            "review",
            "应转人工复核" if want else "不应转人工复核",
            "should go to review" if want else "should not go to review",
        )


def _reasons(wanted: Expectation, outcome: Outcome) -> Said:
    for reason in wanted.reasons:
        if reason not in outcome.reasons:
            have = ", ".join(outcome.reasons) or "-"
            yield (
                f"reason {reason}",
                f"来电原因应含 {reason}，实为 {have}",
                f"reason {reason} missing among {have}",
            )
    for reason in wanted.not_reasons:
        if reason in outcome.reasons:
            yield f"not_reason {reason}", f"来电原因不应含 {reason}", f"should not give the reason {reason}"


def _alerts(wanted: Expectation, outcome: Outcome) -> Said:
    want, have = set(wanted.alerts), {alert.kind for alert in outcome.alerts}
    for kind in sorted(want - have):
        yield f"alert {kind}", f"应有 {kind} 告警", f"should raise a {kind} alert"
    for kind in sorted(have - want):
        rules = ", ".join(sorted({a.rule_id for a in outcome.alerts if a.kind is kind}))
        yield (
            f"alert {kind}",
            f"不应有 {kind} 告警（{rules}）",
            f"should raise no {kind} alert ({rules})",
        )
    linked = {other for alert in outcome.alerts for other in alert.linked}
    for other in wanted.linked:
        if other not in linked:
            yield f"linked {other}", f"告警应关联 {other}", f"alerts should point at {other}"


def _measures(wanted: Expectation, outcome: Outcome) -> Said:
    for name, (low, high) in wanted.measures.items():
        have = outcome.measures.get(name)
        if have is None or not low <= have <= high:
            yield (
                f"measure {name}",
                f"{name} 应为 {low:g} 至 {high:g}，实为 {have}",
                f"{name} should be {low:g} to {high:g}, is {have}",
            )


def _words(wanted: Expectation, outcome: Outcome) -> Said:
    if outcome.texts is None:
        return
    for placeholder in wanted.masked:
        if not any(placeholder in text for text in outcome.texts):
            yield f"masked {placeholder}", f"应有脱敏占位 {placeholder}", f"should show {placeholder}"
    # The text itself must not reach a terminal or a log: only its place in the list is told.
    for number, secret in enumerate(wanted.never_shown, start=1):
        if any(secret in text for text in outcome.texts):
            yield f"shown {number}", f"第 {number} 项隐私内容没有脱敏", f"private text {number} is not masked"


CHECKS: tuple[Callable[[Expectation, Outcome], Said], ...] = (
    _must,
    _must_not,
    _unnamed_blame,
    _scores,
    _red_lines,
    _review,
    _reasons,
    _alerts,
    _measures,
    _words,
)
