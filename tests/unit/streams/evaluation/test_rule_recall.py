import pytest

from processors.classification import load_ruleset, shipped_ruleset
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from processors.transcript import (
    DEFINITION_VERSION,
    DraftTurn,
    SourceCoordinates,
    TranscriptDraft,
    assemble,
    header_of,
)
from schemas.records.terms import ExclusionReason, Role, Verdict
from schemas.records.transcribed import Hearing, InteractionTranscribed, Measures
from streams.evaluation.manifest import ReferenceTurn
from streams.evaluation.rule_recall import Rules, recall_of, rule_outcomes
from streams.listening import LocalCall, local_event

CALL = LocalCall(id="c1", recordings=(), language="zh-CN")
HEADER = header_of(local_event(CALL), SourceCoordinates(topic="", partition=0, offset=0, timestamp_ms=0))
TRUTH = [
    ReferenceTurn(role=Role.AGENT, text="您好,工号一零三三为您服务", start_ms=0, end_ms=3_000),
    ReferenceTurn(role=Role.CUSTOMER, text="再不解决我要去工信部投诉", start_ms=4_000, end_ms=7_000),
    ReferenceTurn(role=Role.AGENT, text="你是不是听不懂人话", start_ms=8_000, end_ms=10_000),
]


@pytest.fixture(scope="module")
def rules():
    return Rules(ruleset=load_ruleset(shipped_ruleset("zh")), segmenter=Segmenter(load_lexicon("zh")))


def heard(**changed):
    """The record of a recogniser that wrote other words for some of the true ones."""
    turns = []
    for turn in TRUTH:
        text = turn.text
        for right, wrong in changed.items():
            text = text.replace(right, wrong)
        turns.append(DraftTurn(party=turn.role, start_ms=turn.start_ms, end_ms=turn.end_ms, text=text))
    draft = TranscriptDraft(
        hearing_key="k",
        hearing=Hearing(engine="e", engine_version="1"),
        language="zh-CN",
        zero_at=0,
        turns=tuple(turns),
        measures=Measures(definition_version=DEFINITION_VERSION),
        agents=local_event(CALL).agents,
    )
    return InteractionTranscribed(header=HEADER, transcript=assemble(draft))


def test_words_heard_as_they_were_said_lose_nothing(rules):
    outcomes = rule_outcomes(CALL, TRUTH, heard(), rules)

    assert {"regulator-complaint", "agent-insult"} <= {one.rule for one in outcomes}
    assert all(one.truth is one.heard for one in outcomes)
    assert recall_of(outcomes).recall == 1.0


def test_a_word_that_was_misheard_beyond_its_sound_loses_its_finding(rules):
    outcomes = rule_outcomes(CALL, TRUTH, heard(听不懂人话="我会帮您查"), rules)

    (lost,) = [one for one in outcomes if one.rule == "agent-insult"]
    assert (lost.truth, lost.heard) == (Verdict.HIT, None)
    recall = recall_of(outcomes)
    assert recall.lost >= 1
    assert recall.kept == recall.hits - recall.lost - recall.weakened


def test_a_word_that_nobody_said_is_counted_as_added(rules):
    outcomes = rule_outcomes(CALL, TRUTH[:1], heard(), rules)

    assert recall_of(outcomes).added >= 1


def test_a_call_that_was_not_heard_at_all_loses_everything(rules):
    silent = InteractionTranscribed(header=HEADER, exclusion=ExclusionReason.UNINTELLIGIBLE)

    recall = recall_of(rule_outcomes(CALL, TRUTH, silent, rules))

    assert recall.hits >= 2
    assert (recall.kept, recall.lost) == (0, recall.hits)
