"""Verdicts of a rule set on a transcript: pure, and the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from processors.classification.conversation import Conversation, Segmenter
from processors.classification.kleene import Truth, Value
from processors.classification.reasons import contact_reasons
from processors.classification.ruleset import Grain, Rule, RuleSet
from processors.classification.view import RuleKind, View
from schemas.records.classified import Classification, Evidence, Finding, InteractionClassified
from schemas.records.terms import Doubt, FindingKind, Role, Verdict
from schemas.records.transcribed import InteractionTranscribed, Transcript

MOST_EVIDENCE = 10
_VERDICTS = {Truth.TRUE: Verdict.HIT, Truth.UNKNOWN: Verdict.UNCERTAIN, Truth.FALSE: Verdict.NO_HIT}


@dataclass(frozen=True)
class Judgement:
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
    judgements = [judgement for rule in ruleset.rules for judgement in judge(rule, conversation, ruleset)]
    return InteractionClassified(
        header=transcribed.header,
        classification=_classification(
            conversation, transcribed.transcript, ruleset, judgements, activation_seq
        ),
    )


def judge(rule: Rule, conversation: Conversation, ruleset: RuleSet) -> Iterator[Judgement]:
    """One rule's verdicts: one for each leg, or one for the interaction."""
    legs: tuple[int | None, ...] = conversation.legs if rule.grain is Grain.LEG else (None,)
    silent = rule.needed is not None and rule.needed.isdisjoint(conversation.heard)
    if silent and rule.applies.always:
        for leg in legs:
            yield Judgement(rule, -1 if leg is None else leg, Verdict.NO_HIT)
        return
    for leg in legs:
        view = View(conversation, rule.kind, ruleset.thresholds, leg)
        told = -1 if leg is None else leg
        if not rule.applies.to(view):
            yield Judgement(rule, told, Verdict.NOT_APPLICABLE)
            continue
        if silent:
            yield Judgement(rule, told, Verdict.NO_HIT)
            continue
        value = _fair(rule, leg, rule.when.evaluate(view))
        verdict = _VERDICTS[value.truth]
        if verdict is Verdict.NO_HIT:
            yield Judgement(rule, told, verdict)
        else:
            # What was not said leaves no place behind: then the place that called for it is shown.
            evidence = value.evidence or rule.applies.called_for(view)
            yield Judgement(rule, told, verdict, value.doubt, _told(evidence))


def _fair(rule: Rule, leg: int | None, value: Value) -> Value:
    """A hit weakened where the rule declares itself ambiguous or no agent can be named for it."""
    if rule.ambiguous:
        return value.doubted(Doubt.AMBIGUOUS)
    if leg == -1 and rule.kind in (RuleKind.FAULT, RuleKind.CREDIT):
        return value.doubted(Doubt.NO_LEG)
    return value


def _told(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The first places in time, each place once."""
    places = {(e.turn, e.start, e.end, e.start_ms, e.end_ms, e.value): e for e in reversed(evidence)}
    return tuple(sorted(places.values(), key=lambda e: (e.start_ms, e.turn, e.start))[:MOST_EVIDENCE])


def _classification(
    conversation: Conversation,
    transcript: Transcript,
    ruleset: RuleSet,
    judgements: list[Judgement],
    activation_seq: int,
) -> Classification:
    speaking = {turn.party for turn in conversation.turns}
    return Classification(
        transcript_id=transcript.transcript_id,
        ruleset_id=ruleset.id,
        ruleset_hash=ruleset.hash,
        activation_seq=activation_seq,
        language=ruleset.language,
        verdict_rule_id=tuple(judgement.rule.id for judgement in judgements),
        verdict_leg=tuple(judgement.leg for judgement in judgements),
        verdict=tuple(judgement.verdict for judgement in judgements),
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


def _findings(conversation: Conversation, language: str, judgements: list[Judgement]) -> Iterator[Finding]:
    for judgement in judgements:
        rule = judgement.rule
        if rule.kind is RuleKind.REASON or judgement.verdict not in (Verdict.HIT, Verdict.UNCERTAIN):
            continue
        yield Finding(
            rule_id=rule.id,
            rule_version=rule.version,
            rule_name=rule.name.get(language) or next(iter(rule.name.values())),
            kind=FindingKind(rule.kind.value),
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
