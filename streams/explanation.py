"""A verdict computed again from the very record and the very rules that it was first computed from."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from processors.classification import RuleSet
from processors.classification.classify import Judgement, judge
from processors.classification.conversation import Conversation
from processors.language.segmenter import Segmenter
from schemas.codec import Codec
from schemas.records.classified import Classification, Evidence, InteractionClassified
from schemas.records.terms import Verdict
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import CLASSIFIED, TRANSCRIBED
from streams.operations.cluster import Cluster
from streams.operations.footprint import footprint
from streams.operations.offsets import Place, read_ranges


class NothingRecorded(LookupError):
    """The topics hold no transcript of an interaction; the message says which."""


class Recorded(Struct, frozen=True):
    """What was heard and, where the rules were asked already, what they said of it."""

    transcribed: InteractionTranscribed
    classification: Classification | None


class Answer(Struct, frozen=True, kw_only=True):
    """One rule's verdict for a leg (-1: the interaction), now and as recorded; ``same`` in all evidence."""

    leg: int
    verdict: Verdict
    doubt: str
    evidence: tuple[Evidence, ...]
    recorded: Verdict | None = None
    same: bool | None = None


class Explanation(Struct, frozen=True, kw_only=True):
    """Why a rule says what it says, with all that is needed to say it again."""

    ruleset_id: str
    ruleset_hash: str
    rule_id: str
    rule_version: str
    answers: tuple[Answer, ...]
    recorded_hash: str | None = None
    activation_seq: int | None = None


def recorded(cluster: Cluster, codec: Codec, interaction_id: str) -> Recorded:
    """The last classification of an interaction with the transcript it was made of, read from the topics.

    Raises NothingRecorded and TopicMissing.
    """
    heard = _values(cluster, TRANSCRIBED, interaction_id)
    if not heard:
        raise NothingRecorded(f"{interaction_id}: no record of it in {TRANSCRIBED}; is it retained still?")
    transcripts = [codec.decode(value, InteractionTranscribed) for value in heard]
    found = [
        codec.decode(value, InteractionClassified).classification
        for value in _values(cluster, CLASSIFIED, interaction_id)
    ]
    return paired(transcripts, [one for one in found if one is not None])


def paired(
    transcripts: Iterable[InteractionTranscribed], classifications: Iterable[Classification]
) -> Recorded:
    """The last classification with its transcript; the last transcript alone where none belongs to one."""
    by_id = {one.transcript.transcript_id: one for one in transcripts if one.transcript is not None}
    known = [one for one in classifications if one.transcript_id in by_id]
    if known:
        return Recorded(by_id[known[-1].transcript_id], known[-1])
    if not by_id:
        raise NothingRecorded("the interaction was excluded: no transcript, no rules were asked")
    return Recorded(list(by_id.values())[-1], None)


def _values(cluster: Cluster, topic: str, interaction_id: str) -> list[bytes]:
    found = footprint(cluster, [topic], interaction_id.encode())
    values = []
    for record in found.records:
        at = record.coordinates
        values += [
            one.value
            for one in read_ranges(cluster, {Place(at.topic, at.partition): (at.offset, at.offset + 1)})
            if one.value is not None
        ]
    return values


def explained(what: Recorded, ruleset: RuleSet, segmenter: Segmenter, rule_id: str) -> Explanation:
    """The rule's verdicts computed again, beside the recorded ones where the rule set is that of the record.

    Raises ``KeyError`` for a rule that the set does not hold.
    """
    rule = ruleset.rule(rule_id)
    transcript, was = what.transcribed.transcript, what.classification
    assert transcript is not None
    conversation = Conversation(what.transcribed.header, transcript, ruleset.search, segmenter)
    comparable = was is not None and was.ruleset_hash == ruleset.hash
    judgements = judge(rule, conversation, ruleset)
    return Explanation(
        ruleset_id=ruleset.id,
        ruleset_hash=ruleset.hash,
        rule_id=rule.id,
        rule_version=rule.version,
        answers=tuple(_answer(judgement, was if comparable else None) for judgement in judgements),
        recorded_hash=was.ruleset_hash if was else None,
        activation_seq=was.activation_seq if was else None,
    )


def _answer(now: Judgement, was: Classification | None) -> Answer:
    answer = Answer(leg=now.leg, verdict=now.verdict, doubt=now.doubt.value, evidence=now.evidence)
    if was is None:
        return answer
    verdicts = zip(was.verdict_rule_id, was.verdict_leg, was.verdict, strict=True)
    before = next((v for rule, leg, v in verdicts if (rule, leg) == (now.rule.id, now.leg)), None)
    places = [f.evidence for f in was.findings if f.rule_id == now.rule.id and now.leg in (f.leg, -1)]
    same = before is now.verdict and (not places or now.evidence in places)
    return Answer(
        leg=now.leg,
        verdict=now.verdict,
        doubt=now.doubt.value,
        evidence=now.evidence,
        recorded=before,
        same=same,
    )
