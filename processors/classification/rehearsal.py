"""Runs a rule set over its own examples, as a transcript that the stages would have made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from processors.classification.classify import judge
from processors.classification.conversation import Conversation, Segmenter
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.ruleset import Rule, RuleSet
from processors.language.script import normalise
from schemas.records.completed import InteractionHeader
from schemas.records.terms import Channel, Entity, Role, TurnKind, Verdict
from schemas.records.transcribed import (
    Hearing,
    Interruption,
    Measures,
    RaisedVoice,
    Redaction,
    Silence,
    Transcript,
    Turn,
    columns_of,
)

STARTED_AT = 1_700_000_000_000
_OVERLAP_MS = 1500
_CLOSING_MS = 500
_RAISED_DB = 9.0
_PLACEHOLDERS = {
    "[身份证]": Entity.ID_CARD,
    "[银行卡]": Entity.BANK_CARD,
    "[电话]": Entity.PHONE,
    "[邮箱]": Entity.EMAIL,
    "[车牌]": Entity.PLATE,
    "[护照]": Entity.PASSPORT,
    "[验证码]": Entity.CODE,
    "[号码]": Entity.NUMBER,
    "[地址]": Entity.ADDRESS,
}


@dataclass(frozen=True)
class Failure:
    """An example on which the rule says something else than the file promises."""

    rule_id: str
    line: int
    expected: Expected
    verdicts: tuple[Verdict, ...]


def rehearse(ruleset: RuleSet, segmenter: Segmenter) -> Iterator[Failure]:
    """Every example of every rule that does not come out as promised."""
    for rule in ruleset.rules:
        for example in rule.examples:
            verdicts = verdicts_on(rule, example, ruleset, segmenter)
            if not _kept(example.expected, verdicts):
                yield Failure(rule.id, example.line, example.expected, verdicts)


def verdicts_on(rule: Rule, example: Example, ruleset: RuleSet, segmenter: Segmenter) -> tuple[Verdict, ...]:
    """The rule's verdict for each leg of an example."""
    header, transcript = staged(example, ruleset.language)
    conversation = Conversation(header, transcript, ruleset.search, segmenter)
    return tuple(judgement.verdict for judgement in judge(rule, conversation, ruleset))


def _kept(expected: Expected, verdicts: tuple[Verdict, ...]) -> bool:
    if expected is Expected.MISS:
        return Verdict.HIT not in verdicts and Verdict.UNCERTAIN not in verdicts
    return Verdict(expected.value.upper()) in verdicts


def staged(example: Example, language: str) -> tuple[InteractionHeader, Transcript]:
    """Header and transcript of an example: a call that the customer ends unless its contact says else."""
    spoken = list(_times(example))
    end_ms = max((end for _, end in spoken), default=0) + _CLOSING_MS
    header = _header(example, end_ms)
    turns = [
        _turn(turn, start, end, header.channel)
        for turn, (start, end) in zip(example.turns, spoken, strict=True)
    ]
    rows = _rows(example, turns)
    transcript = Transcript(
        transcript_id="example",
        hearing_key="example",
        hearing=Hearing(engine="example", engine_version="1"),
        language=language,
        measures=_measures(turns),
        **rows,
    )
    return header, transcript


def _times(example: Example) -> Iterator[tuple[int, int]]:
    """Start and end of every turn; a message takes no time, only the pause before it does."""
    spoken = example.contact.get("channel", Channel.VOICE) == Channel.VOICE
    last_end = 0
    for turn in example.turns:
        units = len(turn.text.split()) if turn.text.isascii() else sum(map(str.isalnum, turn.text))
        length = max(int(units / turn.speed * 60_000), 200) if spoken else 0
        start = max(last_end - _OVERLAP_MS, 0) if turn.overlaps else last_end + turn.pause_ms
        yield start, start + length
        last_end = max(last_end, start + length)


def _header(example: Example, end_ms: int) -> InteractionHeader:
    legs = max((turn.leg for turn in example.turns if turn.party is Role.AGENT), default=0) + 1
    facts: dict[str, Any] = {
        "interaction_id": "example",
        "record_version": 1,
        "tenant_id": "example",
        "source_system": "example",
        "channel": "VOICE",
        "direction": "INBOUND",
        "disposition": "HANDLED",
        "disconnect_party": "CUSTOMER",
        "started_at": STARTED_AT,
        "ended_at": STARTED_AT + end_ms,
        "agents": [{"agent_id": f"agent-{leg + 1}"} for leg in range(legs)],
        "source_topic": "example",
        "source_partition": 0,
        "source_offset": 0,
        "source_timestamp": STARTED_AT,
    }
    return msgspec.convert({**facts, **example.contact}, InteractionHeader)


def _turn(said: ExampleTurn, start: int, end: int, channel: Channel) -> Turn:
    speech = channel is Channel.VOICE
    side = {Role.AGENT: 0, Role.CUSTOMER: 1}.get(said.party, 2)
    return Turn(
        party=said.party,
        leg=said.leg,
        kind=TurnKind.SPEECH if speech else TurnKind.MESSAGE,
        channel=side if speech else -1,
        start_ms=start,
        end_ms=end,
        text=said.text,
        normalised=normalise(said.text).text,
        units_per_minute=said.speed if speech else 0.0,
        automatic=said.automatic,
        recalled=said.recalled,
    )


def _rows(example: Example, turns: list[Turn]) -> dict[str, tuple[Any, ...]]:
    interruptions, silences = [], []
    for said, before, turn in zip(example.turns[1:], turns, turns[1:], strict=False):
        if said.overlaps:
            interruptions.append(
                Interruption(by=turn.party, start_ms=turn.start_ms, end_ms=before.end_ms, yielded=False)
            )
        if turn.kind is TurnKind.SPEECH and turn.start_ms - before.end_ms >= 2000:
            silences.append(Silence(start_ms=before.end_ms, end_ms=turn.start_ms))
    raised = [
        RaisedVoice(party=turn.party, start_ms=turn.start_ms, end_ms=turn.end_ms, above_db=_RAISED_DB)
        for said, turn in zip(example.turns, turns, strict=True)
        if said.raised and turn.kind is TurnKind.SPEECH
    ]
    redactions = [
        Redaction(turn=index, start=start, end=start + len(mark), entity=entity)
        for index, turn in enumerate(turns)
        for mark, entity in _PLACEHOLDERS.items()
        if (start := turn.text.find(mark)) >= 0
    ]
    return {
        **columns_of("turn_", turns, Turn),
        **columns_of("interruption_", interruptions, Interruption),
        **columns_of("silence_", silences, Silence),
        **columns_of("redaction_", redactions, Redaction),
        **columns_of("raised_", raised, RaisedVoice),
    }


def _measures(turns: list[Turn]) -> Measures:
    def talk(party: Role) -> int:
        return sum(turn.end_ms - turn.start_ms for turn in turns if turn.party is party)

    return Measures(
        definition_version="example", agent_talk_ms=talk(Role.AGENT), customer_talk_ms=talk(Role.CUSTOMER)
    )
