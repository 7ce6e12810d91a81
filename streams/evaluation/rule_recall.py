"""What recognition costs the findings: the same rules on the true words and on the heard ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from processors.classification import RuleSet, classify
from processors.language.segmenter import Segmenter
from processors.language.units import spoken_units
from processors.transcript import DEFINITION_VERSION, DraftTurn, TranscriptDraft, assemble
from schemas.records.classified import Finding
from schemas.records.terms import ExclusionReason, FindingKind, Verdict
from schemas.records.transcribed import Hearing, InteractionTranscribed, Measures
from streams.evaluation.manifest import ReferenceTurn
from streams.listening import LocalCall, local_event


class Rules(Struct, frozen=True, kw_only=True):
    """A rule set and the segmenter of its language."""

    ruleset: RuleSet
    segmenter: Segmenter


class RuleOutcome(Struct, frozen=True, kw_only=True):
    """One rule in one call: what it says of the true words and of the heard ones, None for nothing."""

    call: str
    rule: str
    kind: FindingKind
    truth: Verdict | None
    heard: Verdict | None


class RuleRecall(Struct, frozen=True, kw_only=True):
    """Hits on the true words and what became of them. ``added`` are hits that the true words do not give."""

    hits: int
    kept: int
    weakened: int
    lost: int
    added: int

    @property
    def recall(self) -> float | None:
        """Share of the hits that stay hits."""
        return self.kept / self.hits if self.hits else None


def rule_outcomes(
    call: LocalCall, truth: Sequence[ReferenceTurn], heard: InteractionTranscribed, rules: Rules
) -> tuple[RuleOutcome, ...]:
    """Every rule that says something of either. Measures are the heard ones on both sides."""
    spoken = _findings(_true_record(call, truth, heard), rules)
    recognised = _findings(heard, rules)
    return tuple(
        RuleOutcome(
            call=call.id,
            rule=rule,
            kind=(spoken.get((rule, leg)) or recognised[rule, leg]).kind,
            truth=_verdict(spoken.get((rule, leg))),
            heard=_verdict(recognised.get((rule, leg))),
        )
        for rule, leg in sorted({*spoken, *recognised})
    )


def recall_of(outcomes: Iterable[RuleOutcome]) -> RuleRecall:
    """Counts over outcomes."""
    kept = weakened = lost = added = 0
    for one in outcomes:
        if one.truth is Verdict.HIT:
            kept += one.heard is Verdict.HIT
            weakened += one.heard is Verdict.UNCERTAIN
            lost += one.heard is None
        else:
            added += one.heard is Verdict.HIT
    return RuleRecall(hits=kept + weakened + lost, kept=kept, weakened=weakened, lost=lost, added=added)


def _verdict(finding: Finding | None) -> Verdict | None:
    return finding.verdict if finding else None


def _findings(record: InteractionTranscribed, rules: Rules) -> dict[tuple[str, int], Finding]:
    classified = classify(record, rules.ruleset, rules.segmenter, 0).classification
    return {(one.rule_id, one.leg): one for one in classified.findings} if classified else {}


def _true_record(
    call: LocalCall, truth: Sequence[ReferenceTurn], heard: InteractionTranscribed
) -> InteractionTranscribed:
    """The record that a recogniser without errors would have left."""
    if heard.exclusion not in (None, ExclusionReason.NO_CONTENT, ExclusionReason.UNINTELLIGIBLE):
        return heard
    transcript = heard.transcript
    language = call.language or (transcript.language if transcript else "und")
    draft = TranscriptDraft(
        hearing_key="truth",
        hearing=Hearing(engine="truth", engine_version=""),
        language=language,
        zero_at=0,
        turns=tuple(_draft_turn(n, turn, language) for n, turn in enumerate(truth)),
        measures=transcript.measures if transcript else Measures(definition_version=DEFINITION_VERSION),
        agents=local_event(call).agents,
        intervals=tuple(transcript.intervals()) if transcript else (),
        interruptions=tuple(transcript.interruptions()) if transcript else (),
        silences=tuple(transcript.silences()) if transcript else (),
    )
    return InteractionTranscribed(header=heard.header, transcript=assemble(draft))


def _draft_turn(place: int, turn: ReferenceTurn, language: str) -> DraftTurn:
    """A turn without times keeps its place in the order."""
    length_ms = turn.length_ms
    start_ms = turn.start_ms if turn.start_ms is not None else place
    return DraftTurn(
        party=turn.role,
        start_ms=start_ms,
        end_ms=turn.end_ms if turn.end_ms is not None else start_ms,
        text=turn.text,
        units_per_minute=(
            round(spoken_units(turn.text, language) * 60_000 / length_ms, 1) if length_ms else 0.0
        ),
    )
