"""What the rules found in one interaction, each finding with the words that caused it."""

from __future__ import annotations

from msgspec import Struct

from schemas.records.completed import InteractionHeader
from schemas.records.terms import Doubt, ExclusionReason, FindingKind, ReasonSource, Role, Verdict
from schemas.records.transcribed import Measures


class Evidence(Struct, frozen=True, kw_only=True):
    """One place that decided a verdict.

    ``turn`` is -1 and ``words`` empty where a measure decided, not words. ``reading`` is the phrase
    that the words sound like where they matched by sound alone. ``value`` was compared with
    ``threshold``, both in ``unit``, where the operator compares.
    """

    operator: str
    turn: int = -1
    start: int = 0
    end: int = 0
    start_ms: int
    end_ms: int
    party: Role = Role.UNKNOWN
    words: str = ""
    reading: str | None = None
    value: float | None = None
    threshold: float | None = None
    unit: str | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """A rule's hit or uncertain verdict. ``leg`` is -1 where it concerns no agent leg."""

    rule_id: str
    rule_version: str
    rule_name: str
    kind: FindingKind
    verdict: Verdict
    doubt: Doubt = Doubt.NONE
    leg: int = -1
    evidence: tuple[Evidence, ...] = ()


class ContactReason(Struct, frozen=True, kw_only=True):
    """Why the customer made contact, two levels, from which rule and turn.

    A reason whose ``source`` is MODEL is machine-learned: it has no rule (``rule_id`` is empty) but a
    ``confidence``, a calibrated probability, and the SHA-256 of the model's file.
    """

    level1: str
    level2: str
    rule_id: str
    verdict: Verdict
    turn: int = -1
    primary: bool = False
    source: ReasonSource = ReasonSource.RULE
    confidence: float | None = None
    model_hash: str | None = None


class PartySentiment(Struct, frozen=True, kw_only=True):
    """Sentiment of one party, -5..+5 (metrics 3.7); null where the party said nothing in a quarter."""

    party: Role
    overall: float | None = None
    quarter1: float | None = None
    quarter2: float | None = None
    quarter3: float | None = None
    quarter4: float | None = None
    shift: float | None = None


class Classification(Struct, frozen=True, kw_only=True):
    """Verdicts of one rule set on one transcript.

    The three ``verdict_*`` arrays run in parallel and hold every rule asked of every leg (leg -1:
    asked once of the whole interaction), so that scoring can tell NO_HIT from NOT_APPLICABLE.
    ``turn_count`` and ``service_ms`` serve eligibility without the words themselves.
    ``reason_model_hash`` names the model that was asked for a contact reason, null where none was.
    """

    transcript_id: str
    ruleset_id: str
    ruleset_hash: str
    activation_seq: int
    language: str
    verdict_rule_id: tuple[str, ...] = ()
    verdict_leg: tuple[int, ...] = ()
    verdict: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    reasons: tuple[ContactReason, ...] = ()
    sentiment: tuple[PartySentiment, ...] = ()
    measures: Measures
    turn_count: int
    service_ms: int
    reason_model_hash: str | None = None


class InteractionClassified(Struct, frozen=True, kw_only=True):
    """Output of classification. Exactly one of ``classification`` and ``exclusion`` is set."""

    header: InteractionHeader
    classification: Classification | None = None
    exclusion: ExclusionReason | None = None
