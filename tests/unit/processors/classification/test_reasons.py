from __future__ import annotations

from processors.classification import classify, load_ruleset
from schemas.records.terms import Verdict
from schemas.records.transcribed import InteractionTranscribed

RULES = """
ruleset: test
version: 1.0.0
language: zh
reasons:
  order: {name: {zh: 订单}, reasons: {return: {zh: 退货}, refund: {zh: 退款}, logistics: {zh: 物流}}}
  consult: {name: {zh: 咨询}, reasons: {general: {zh: 一般咨询}}}
rules:
"""
RULE = """
  - {{id: {id}, version: 1.0.0, name: {{zh: 原因}}, kind: REASON, reason: {reason}, priority: {priority},
     when: {{said: [{said}], sounds_like: true}}}}
"""
RULES += "".join(
    RULE.format(id=name, reason=reason, priority=priority, said=said)
    for name, reason, priority, said in (
        ("refund", "order/refund", 20, "退款"),
        ("parcel", "order/logistics", 20, "查物流"),
        ("return", "order/return", 30, "退货"),
        ("return-too", "order/return", 30, "换货"),
        ("general", "consult/general", 0, "请问"),
    )
)


def _reasons(conversation_of, segmenter, dialogue):
    ruleset = load_ruleset(RULES)
    conversation = conversation_of(ruleset, dialogue)
    transcribed = InteractionTranscribed(header=conversation.header, transcript=conversation.transcript)
    result = classify(transcribed, ruleset, segmenter, 1).classification
    assert result is not None
    assert result.findings == ()
    return result.reasons


def test_the_higher_priority_is_the_primary_reason_whenever_it_was_said(conversation_of, segmenter):
    reasons = _reasons(conversation_of, segmenter, "客户: 退款\n客户: 退货")

    assert [(r.level2, r.primary) for r in reasons] == [("return", True), ("refund", False)]


def test_of_equal_priority_the_first_in_time_is_primary(conversation_of, segmenter):
    reasons = _reasons(conversation_of, segmenter, "客户: 查物流\n客户: 退款")

    assert [(r.level2, r.turn) for r in reasons] == [("logistics", 0), ("refund", 1)]


def test_a_certain_reason_goes_before_one_that_only_sounds_so(conversation_of, segmenter):
    reasons = _reasons(conversation_of, segmenter, "客户: 推货\n客户: 退款")

    assert [(r.level2, r.verdict) for r in reasons] == [
        ("refund", Verdict.HIT),
        ("return", Verdict.UNCERTAIN),
    ]


def test_a_reason_given_by_two_rules_is_told_once(conversation_of, segmenter):
    reasons = _reasons(conversation_of, segmenter, "客户: 退货\n客户: 换货")

    assert [r.level2 for r in reasons] == ["return"]


def test_the_fallback_stands_only_where_nothing_else_does(conversation_of, segmenter):
    alone = _reasons(conversation_of, segmenter, "客户: 请问几点下班")
    beside = _reasons(conversation_of, segmenter, "客户: 请问怎么退款")

    assert [r.level2 for r in alone] == ["general"]
    assert [r.level2 for r in beside] == ["refund"]
