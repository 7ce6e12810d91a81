"""A recorded verdict must come out of its record and its rules again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from processors.classification import classify, load_ruleset
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.rehearsal import staged
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.records.terms import Role, Verdict
from schemas.records.transcribed import InteractionTranscribed
from streams.explanation import NothingRecorded, Recorded, explained, paired

RULES = """
ruleset: test
version: 1.0.0
language: zh
rules:
  - {id: rude, version: "1.2", name: {zh: 甲}, kind: FAULT, when: {said: [随便你投诉]}}
  - {id: angry, version: "1.0", name: {zh: 乙}, kind: SIGNAL, when: {said: [投诉]}}
"""


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter(load_lexicon("zh"))


@pytest.fixture(scope="module")
def transcribed():
    said = (ExampleTurn(Role.CUSTOMER, "我要投诉"), ExampleTurn(Role.AGENT, "随便你投诉"))
    header, transcript = staged(Example(Expected.HIT, said), "zh")
    return InteractionTranscribed(header=header, transcript=transcript)


def _recorded(transcribed, ruleset, segmenter):
    return classify(transcribed, ruleset, segmenter, 4).classification


def test_the_recorded_verdict_comes_out_again_with_its_evidence(transcribed, segmenter):
    ruleset = load_ruleset(RULES)
    was = _recorded(transcribed, ruleset, segmenter)

    found = explained(Recorded(transcribed, was), ruleset, segmenter, "rude")

    (answer,) = found.answers
    assert (answer.verdict, answer.recorded, answer.same) == (Verdict.HIT, Verdict.HIT, True)
    assert (found.rule_version, found.activation_seq) == ("1.2", 4)
    assert found.ruleset_hash == found.recorded_hash


def test_a_rule_of_the_whole_interaction_is_compared_as_well(transcribed, segmenter):
    ruleset = load_ruleset(RULES)
    was = _recorded(transcribed, ruleset, segmenter)

    (answer,) = explained(Recorded(transcribed, was), ruleset, segmenter, "angry").answers

    assert (answer.leg, answer.same) == (-1, True)


def test_another_verdict_or_other_evidence_than_recorded_is_told(transcribed, segmenter):
    ruleset = load_ruleset(RULES)
    was = _recorded(transcribed, ruleset, segmenter)
    verdict = replace(was, verdict=(Verdict.NO_HIT, Verdict.HIT), findings=())
    place = replace(was.findings[0].evidence[0], end_ms=1)
    elsewhere = replace(was, findings=(replace(was.findings[0], evidence=(place,)), *was.findings[1:]))

    for changed in (verdict, elsewhere):
        (answer,) = explained(Recorded(transcribed, changed), ruleset, segmenter, "rude").answers
        assert answer.same is False


def test_other_rules_are_not_held_against_the_record(transcribed, segmenter):
    was = _recorded(transcribed, load_ruleset(RULES), segmenter)
    other = load_ruleset(RULES.replace("随便你投诉", "随便"))

    found = explained(Recorded(transcribed, was), other, segmenter, "rude")

    assert found.answers[0].same is None
    assert found.recorded_hash != found.ruleset_hash


def test_the_last_classification_comes_with_its_own_transcript(transcribed, segmenter):
    was = _recorded(transcribed, load_ruleset(RULES), segmenter)
    later = replace(transcribed, transcript=replace(transcribed.transcript, transcript_id="later"))
    of_later = replace(was, transcript_id="later", activation_seq=5)

    assert paired([transcribed, later], [was]).transcribed == transcribed
    assert paired([transcribed, later], [was, of_later]).transcribed == later
    assert paired([transcribed, later], []) == Recorded(later, None)


def test_an_excluded_interaction_has_nothing_to_explain(transcribed):
    with pytest.raises(NothingRecorded, match="excluded"):
        paired([InteractionTranscribed(header=transcribed.header)], [])
