"""Verdicts of a rule set on a transcript: pure, and the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from processors.classification.conversation import Conversation, Segmenter
from processors.classification.kleene import FALSE, Truth, Value
from processors.classification.reasons import contact_reasons
from processors.classification.rule import Grain, Rule
from processors.classification.ruleset import RuleSet
from processors.classification.selection import Plan
from processors.classification.view import RuleKind, view_of
from schemas.records.classified import Classification, Evidence, Finding, InteractionClassified
from schemas.records.terms import Doubt, FindingKind, Role, Verdict
from schemas.records.transcribed import InteractionTranscribed

MOST_EVIDENCE = 10
_VERDICTS = {Truth.TRUE: Verdict.HIT, Truth.UNKNOWN: Verdict.UNCERTAIN, Truth.FALSE: Verdict.NO_HIT}

_FINDINGS = {kind: FindingKind(kind.value) for kind in RuleKind if kind is not RuleKind.REASON}


class Judgement(Struct, frozen=True):
    """One rule's answer for one leg, -1 where it was asked of the whole interaction."""

    rule: Rule
    leg: int
    verdict: Verdict
    doubt: Doubt = Doubt.NONE
    evidence: tuple[Evidence, ...] = ()


def classify(
    transcribed: InteractionTranscribed, ruleset: RuleSet, segmenter: Segmenter, activation_seq: int
) -> InteractionClassified:
    """Findings, contact reasons and sentiment of one interaction; an exclusion passes through.

    ``activation_seq`` is the number under which the rule set and scorecard were activated.
    """
    if transcribed.transcript is None:
        return InteractionClassified(header=transcribed.header, exclusion=transcribed.exclusion)
    conversation = Conversation(transcribed.header, transcribed.transcript, ruleset.search, segmenter)
    return InteractionClassified(
        header=transcribed.header,
        classification=_classification(conversation, ruleset, activation_seq),
    )


def judge(rule: Rule, conversation: Conversation, ruleset: RuleSet) -> Iterator[Judgement]:
    """One rule's verdicts: one for each leg, or one for the interaction."""
    legs: tuple[int | None, ...] = conversation.legs if rule.grain is Grain.LEG else (None,)
    for leg in legs:
        view = view_of(conversation, rule.kind, ruleset.thresholds, leg)
        told = -1 if leg is None else leg
        if not rule.applies.to(view):
            yield Judgement(rule, told, Verdict.NOT_APPLICABLE)
            continue
        value = FALSE if rule.when.idle(view) else _fair(rule, leg, rule.when.evaluate(view), conversation)
        verdict = _VERDICTS[value.truth]
        if verdict is Verdict.NO_HIT:
            yield Judgement(rule, told, verdict)
        else:
            # What was not said leaves no place behind: then the place that called for it is shown.
            evidence = value.evidence or rule.applies.called_for(view)
            yield Judgement(rule, told, verdict, value.doubt, _told(evidence))


def _fair(rule: Rule, leg: int | None, value: Value, conversation: Conversation) -> Value:
    """A hit weakened where nobody can be named for it, or where the rule declares itself ambiguous.

    A doubt of the whole transcript (swapped channels) leaves only reasons: they do not ask who said it.
    """
    if conversation.transcript.doubts and rule.kind is not RuleKind.REASON:
        return value.doubted(conversation.transcript.doubts[0])
    if rule.ambiguous:
        return value.doubted(Doubt.AMBIGUOUS)
    if leg == -1 and rule.kind in (RuleKind.FAULT, RuleKind.CREDIT):
        return value.doubted(Doubt.NO_LEG)
    return value


def _told(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The first places in time, each place once."""
    if len(evidence) < 2:
        return evidence
    places = {(e.turn, e.start, e.end, e.start_ms, e.end_ms, e.value): e for e in reversed(evidence)}
    return tuple(sorted(places.values(), key=lambda e: (e.start_ms, e.turn, e.start))[:MOST_EVIDENCE])


def _classification(conversation: Conversation, ruleset: RuleSet, activation_seq: int) -> Classification:
    plan, verdicts, judgements = _judged(conversation, ruleset)
    transcript = conversation.transcript
    speaking = set(transcript.turn_party)
    return Classification(
        transcript_id=transcript.transcript_id,
        ruleset_id=ruleset.id,
        ruleset_hash=ruleset.hash,
        activation_seq=activation_seq,
        language=ruleset.language,
        verdict_rule_id=plan.rule_ids,
        verdict_leg=plan.legs,
        verdict=verdicts,
        findings=tuple(_findings(conversation, ruleset.language, judgements)),
        reasons=contact_reasons(
            (judgement.rule, judgement.verdict, judgement.evidence)
            for judgement in judgements
            if judgement.rule.kind is RuleKind.REASON
        ),
        sentiment=tuple(
            conversation.sentiment_of(party) for party in (Role.CUSTOMER, Role.AGENT) if party in speaking
        ),
        measures=transcript.measures,
        turn_count=conversation.turn_count,
        service_ms=conversation.service_ms,
    )


def _judged(
    conversation: Conversation, ruleset: RuleSet
) -> tuple[Plan, tuple[Verdict, ...], list[Judgement]]:
    """All verdicts, and the judgements of the rules that had to be asked."""
    selection = ruleset.selection
    plan = selection.plan(conversation)
    verdicts = list(plan.verdicts)
    for index, place in selection.closed(plan, conversation, ruleset.thresholds):
        verdicts[plan.first[index] + place] = Verdict.NOT_APPLICABLE
    judgements: list[Judgement] = []
    for index in selection.awake(plan, conversation):
        asked = list(judge(ruleset.rules[index], conversation, ruleset))
        first = plan.first[index]
        verdicts[first : first + len(asked)] = [judgement.verdict for judgement in asked]
        judgements += asked
    return plan, tuple(verdicts), judgements


def _findings(conversation: Conversation, language: str, judgements: list[Judgement]) -> Iterator[Finding]:
    for judgement in judgements:
        rule = judgement.rule
        if rule.kind is RuleKind.REASON or judgement.verdict not in (Verdict.HIT, Verdict.UNCERTAIN):
            continue
        yield Finding(
            rule_id=rule.id,
            rule_version=rule.version,
            rule_name=rule.name.get(language) or next(iter(rule.name.values())),
            kind=_FINDINGS[rule.kind],
            verdict=judgement.verdict,
            doubt=judgement.doubt,
            leg=_leg(conversation, judgement),
            evidence=judgement.evidence,
        )


def _leg(conversation: Conversation, judgement: Judgement) -> int:
    """The leg asked, or the leg of the first deciding turn where the whole interaction was asked."""
    if judgement.rule.grain is Grain.LEG:
        return judgement.leg
    deciding = next((e.turn for e in judgement.evidence if e.turn >= 0), -1)
    return conversation.leg_of[deciding] if deciding >= 0 else -1
