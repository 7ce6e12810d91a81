from __future__ import annotations

import pytest

from processors.classification.examples import Expected
from processors.classification.rehearsal import rehearse
from processors.classification.ruleset import RuleSetError
from schemas.records.terms import Verdict


def test_a_broken_promise_is_told_with_its_line_and_what_came_out(rule_of, segmenter):
    ruleset = rule_of("said: [您好]", more='examples:\n  hit:\n    - "客服: 您好"\n    - "客服: 喂"')

    (failure,) = rehearse(ruleset, segmenter)

    assert (failure.rule_id, failure.expected) == ("asked", Expected.HIT)
    assert failure.verdicts == (Verdict.NO_HIT,)
    assert failure.line == 13


def test_an_uncertain_verdict_is_neither_hit_nor_miss(rule_of, segmenter):
    more = 'ambiguous: true\nexamples: {{{}: ["客服: 您好"]}}'

    told = {
        expected: len(list(rehearse(rule_of("said: [您好]", more=more.format(expected)), segmenter)))
        for expected in ("hit", "miss", "uncertain")
    }

    assert told == {"hit": 1, "miss": 1, "uncertain": 0}


def test_a_line_that_is_no_turn_is_refused(rule_of):
    with pytest.raises(RuleSetError, match="'您好' is no turn; write '客服: ...'"):
        rule_of("said: [您好]", more='examples: {hit: ["您好"]}')


def test_notes_set_pause_speed_and_kind_of_a_turn(rule_of, conversation_of):
    dialogue = "客服: 您好\n客户(停6秒): 你好\n客服2(350字/分): 再见\n客服(自动): 欢迎"

    conversation = conversation_of(rule_of("said: [您好]"), dialogue)

    assert [s.end_ms - s.start_ms for s in conversation.transcript.silences()] == [6000]
    assert conversation.turns[2].units_per_minute == 350
    assert conversation.turns[3].automatic
    assert conversation.legs == (0, 1)
