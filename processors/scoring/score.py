"""Score one classified interaction: legs, the interaction, its exclusion and its alerts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from processors.scoring.alerts import raise_alerts
from processors.scoring.exemption import is_exempt
from processors.scoring.leg import LegContext, Tally, tally_leg
from processors.scoring.scorecard import Scorecard
from processors.scoring.verdicts import Verdicts
from schemas.identity import content_hash, stable_id
from schemas.records.classified import Classification, Finding, InteractionClassified
from schemas.records.completed import InteractionHeader
from schemas.records.scored import AlertRaised, InteractionScored, LegScore
from schemas.records.terms import ExclusionReason, ScoreStatus, Verdict

_WHOLE = -1


class Scoring(Struct, frozen=True):
    """What one interaction brings: its final record and the alerts it raises."""

    scored: InteractionScored
    alerts: tuple[AlertRaised, ...] = ()


def score(classified: InteractionClassified, scorecard: Scorecard) -> Scoring:
    """Score every agent leg of an interaction, or say why it is not scored.

    An exclusion made earlier passes on unchanged. The interaction's score is the lowest of its legs: a
    transfer must not dilute a fault. An interaction without an agent is SCORED with no legs.

    Raises:
        UnfoundedVerdict: a verdict that would cost or earn points has no finding behind it.
        ValueError: neither classification nor exclusion is set.
    """
    header, classification = classified.header, classified.classification
    if classified.exclusion is not None:
        return Scoring(_passed_on(header, classified.exclusion, scorecard))
    if classification is None:
        raise ValueError("neither classification nor exclusion is set")
    verdicts = Verdicts(classification, len(header.agents))
    contexts = _contexts(header, classification, scorecard, verdicts)
    tallies = [tally_leg(scorecard, verdicts, context) for context in contexts]
    exclusion = _exclusion(contexts, tallies)
    legs = () if exclusion else _legs(header, classification, scorecard, contexts, tallies)
    scored = _scored(header, classification, scorecard, exclusion, legs)
    return Scoring(scored, raise_alerts(scorecard, header, classification.findings))


def _contexts(
    header: InteractionHeader, classification: Classification, scorecard: Scorecard, verdicts: Verdicts
) -> list[LegContext]:
    eligibility = scorecard.definition.eligibility
    full_service = (
        classification.service_ms >= eligibility.min_service_ms
        and classification.turn_count >= eligibility.min_turns
    )
    return [
        LegContext(
            leg=leg,
            channel=header.channel,
            language=classification.language,
            full_service=full_service,
            agent_spoke=classification.measures.agent_turn_count > 0,
            exempt=is_exempt(scorecard, verdicts, leg),
        )
        for leg in range(len(header.agents))
    ]


def _exclusion(contexts: list[LegContext], tallies: list[Tally]) -> ExclusionReason | None:
    """CUSTOMER_ABUSE where every agent is exempt, TOO_SHORT where a short contact left nothing to judge."""
    if not contexts:
        return None
    if all(context.exempt for context in contexts):
        return ExclusionReason.CUSTOMER_ABUSE
    if not contexts[0].full_service and not any(tally.judged for tally in tallies):
        return ExclusionReason.TOO_SHORT
    return None


def _legs(
    header: InteractionHeader,
    classification: Classification,
    scorecard: Scorecard,
    contexts: list[LegContext],
    tallies: list[Tally],
) -> tuple[LegScore, ...]:
    legs = []
    for context, tally in zip(contexts, tallies, strict=True):
        mine = [f for f in classification.findings if f.leg in (context.leg, _WHOLE)]
        sums = msgspec.structs.asdict(tally)
        legs.append(
            LegScore(
                result_id=_result_id(header, classification, scorecard, context.leg),
                content_digest=_digest(classification.findings, mine, [sums]),
                leg=context.leg,
                agent_id=header.agents[context.leg].agent_id,
                full_service=context.full_service,
                **sums,
            )
        )
    return tuple(legs)


def _scored(
    header: InteractionHeader,
    classification: Classification,
    scorecard: Scorecard,
    exclusion: ExclusionReason | None,
    legs: tuple[LegScore, ...],
) -> InteractionScored:
    points = [leg.score for leg in legs if leg.score is not None]
    doubtful = any(
        finding.verdict is Verdict.UNCERTAIN and finding.rule_id in scorecard.definition.review
        for finding in classification.findings
    )
    judged: list[Any] = [exclusion, [leg.content_digest for leg in legs]]
    return InteractionScored(
        header=header,
        status=ScoreStatus.EXCLUDED if exclusion else ScoreStatus.SCORED,
        exclusion=exclusion,
        transcript_id=classification.transcript_id,
        ruleset_id=classification.ruleset_id,
        ruleset_hash=classification.ruleset_hash,
        scorecard_id=scorecard.id,
        scorecard_hash=scorecard.hash,
        activation_seq=classification.activation_seq,
        result_id=_result_id(header, classification, scorecard, _WHOLE),
        content_digest=_digest(classification.findings, classification.findings, judged),
        score=min(points, default=None),
        review_pending=not exclusion and (doubtful or any(leg.review_pending for leg in legs)),
        legs=legs,
        findings=classification.findings,
        reasons=classification.reasons,
        sentiment=classification.sentiment,
        measures=classification.measures,
    )


def _passed_on(
    header: InteractionHeader, exclusion: ExclusionReason, scorecard: Scorecard
) -> InteractionScored:
    """No rule set saw the interaction, so its result hangs on no activation (``activation_seq`` 0)."""
    return InteractionScored(
        header=header,
        status=ScoreStatus.EXCLUDED,
        exclusion=exclusion,
        scorecard_id=scorecard.id,
        scorecard_hash=scorecard.hash,
        activation_seq=0,
        result_id=stable_id(
            "excluded", header.tenant_id, header.interaction_id, header.record_version, exclusion.value
        ),
        content_digest=content_hash([exclusion]),
    )


def _result_id(
    header: InteractionHeader, classification: Classification, scorecard: Scorecard, leg: int
) -> str:
    """The inputs of a result: the record as corrected, its transcript, rule set, scorecard and leg.

    The record's version belongs to them since rules read facts of the record too (who hung up, the legs),
    and so does the model of contact reasons, where one was asked.
    """
    model = classification.reason_model_hash
    return stable_id(
        "result",
        header.tenant_id,
        header.interaction_id,
        header.record_version,
        classification.transcript_id,
        classification.ruleset_hash,
        scorecard.hash,
        leg,
        *([model] if model else ()),
    )


def _digest(all_findings: tuple[Finding, ...], mine: Iterable[Finding], judged: list[Any]) -> str:
    """SHA-256 over findings and judgement, whatever order the findings came in.

    The rule's version is an identity, not content: a new version that finds the same changes nothing.
    """
    judged = msgspec.to_builtins(judged)
    for entry in judged:
        for item in entry.get("items", ()) if isinstance(entry, dict) else ():
            item["findings"] = sorted(_print(all_findings[index]) for index in item["findings"])
    return content_hash([sorted(map(_print, mine)), judged])


def _print(finding: Finding) -> str:
    return content_hash(msgspec.structs.replace(finding, rule_version=""))
