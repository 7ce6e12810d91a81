"""The rules on the demo's own words: every difference to what a careful person says is named."""

from __future__ import annotations

import json

import msgspec
import pytest

from processors.classification import classify, load_ruleset, shipped_ruleset
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from processors.normalization import normalise_interaction
from processors.scoring import parse_scorecard, score
from processors.scoring.scorecard import SERVICE_SCORECARD
from processors.transcript import (
    DEFINITION_VERSION,
    DraftTurn,
    SourceCoordinates,
    TranscriptDraft,
    assemble,
    header_of,
)
from schemas.lanes import Lane, lane_of
from schemas.records.terms import Role
from schemas.records.transcribed import Hearing, InteractionTranscribed, Measures
from streams.demo.expectations import compare
from streams.demo.expected import load_expected
from streams.demo.outcome import outcome_of

VOICE_RULES = ("interruption", "fast-speech", "dead-air", "ghost-call", "missing-greeting")
"""What needs the recording: overlaps, speed, silence, talk time; a ghost call answers for the greeting."""


@pytest.fixture(scope="module")
def tools():
    return {
        language: (load_ruleset(shipped_ruleset(language)), Segmenter(load_lexicon(language)))
        for language in ("zh", "en")
    }


def judged(transcribed, tools):
    language = transcribed.transcript.language[:2] if transcribed.transcript else "zh"
    ruleset, segmenter = tools[language]
    card = parse_scorecard(SERVICE_SCORECARD.read_text(encoding="utf-8"))
    return score(classify(transcribed, ruleset, segmenter, 1), card)


def header(event):
    return header_of(
        event, SourceCoordinates(topic="demo", partition=0, offset=0, timestamp_ms=event.ended_at)
    )


def test_chats_and_self_service_come_out_as_a_careful_person_says(demo_events, demo_folder, tools):
    expected = load_expected(demo_folder / "expected.yaml")
    written = [event for event in demo_events.completed if lane_of(event) is Lane.TEXT]
    outcomes = {}
    for event in written:
        wanted = expected.get(event.interaction_id)
        if wanted is None or wanted.dead_letter is not None:
            continue
        scoring = judged(normalise_interaction(event, header(event)), tools)
        outcomes[event.interaction_id] = outcome_of(scoring.scored, scoring.alerts)

    differences = compare({name: expected[name] for name in outcomes}, outcomes)

    assert len(outcomes) >= 28
    assert [f"{one.interaction_id}: {one.en}" for one in differences] == []


def test_calls_come_out_so_too_where_their_true_words_decide(demo_events, demo_folder, tools):
    expected = load_expected(demo_folder / "expected.yaml")
    truth = json.loads((demo_folder / "truth.json").read_text(encoding="utf-8"))
    outcomes = {}
    for event in demo_events.completed:
        if event.interaction_id in truth:
            found = outcome_of(judged(_as_said(event, truth[event.interaction_id]), tools).scored)
            kept = tuple(one for one in found.findings if one.rule_id not in VOICE_RULES)
            outcomes[event.interaction_id] = msgspec.structs.replace(found, findings=kept)

    differences = compare({name: expected[name] for name in outcomes}, outcomes)

    words = [
        one for one in differences if one.point.split()[0] in ("must", "must_not", "reason", "not_reason")
    ]
    told = [f"{one.interaction_id}: {one.en}" for one in words if one.point.split()[-1] not in VOICE_RULES]
    assert len(outcomes) == 16
    assert told == []


def _as_said(event, turns):
    draft = TranscriptDraft(
        hearing_key="truth",
        hearing=Hearing(engine="truth", engine_version=""),
        language="zh-CN",
        zero_at=0,
        turns=tuple(
            DraftTurn(
                party=Role(turn["role"].upper()),
                start_ms=turn["start_ms"],
                end_ms=turn["end_ms"],
                text=turn["text"],
            )
            for turn in turns
        ),
        measures=Measures(definition_version=DEFINITION_VERSION),
        agents=event.agents,
        intervals=(),
        interruptions=(),
        silences=(),
    )
    return InteractionTranscribed(header=header(event), transcript=assemble(draft))
