from __future__ import annotations

import pytest
from msgspec.structs import replace

from processors.classification import classify, load_ruleset, shipped_ruleset
from processors.classification.classify import MOST_EVIDENCE, judge
from processors.classification.conversation import Conversation
from schemas.records.completed import AgentLeg
from schemas.records.terms import Doubt, ExclusionReason, FindingKind, Role, Verdict
from schemas.records.transcribed import InteractionTranscribed

INSULT = "said: [听不懂人话]"
POLITE = "not: {said: [您好], sounds_like: true}"


def _transcribed(conversation: Conversation) -> InteractionTranscribed:
    return InteractionTranscribed(header=conversation.header, transcript=conversation.transcript)


def test_an_exclusion_passes_through_untouched(rule_of, conversation_of, segmenter):
    ruleset = rule_of(INSULT)
    header = conversation_of(ruleset, "客服: 您好").header
    excluded = InteractionTranscribed(header=header, exclusion=ExclusionReason.NO_CONTENT)

    classified = classify(excluded, ruleset, segmenter, 3)

    assert classified.exclusion is ExclusionReason.NO_CONTENT
    assert classified.classification is None
    assert classified.header == header


def test_a_finding_quotes_the_text_as_heard(rule_of, conversation_of, segmenter):
    ruleset = rule_of(INSULT)
    conversation = conversation_of(ruleset, "客户: 你好\n客服: 你是不是聽不懂，人話")

    result = classify(_transcribed(conversation), ruleset, segmenter, 3).classification

    assert result is not None
    (finding,) = result.findings
    (place,) = finding.evidence
    assert (finding.rule_id, finding.verdict, finding.leg) == ("asked", Verdict.HIT, 0)
    assert finding.kind is FindingKind.FAULT
    assert place.words == "聽不懂，人話" == conversation.turns[1].text[place.start : place.end]
    assert place.operator == "when.said"


def test_every_rule_is_answered_for_every_leg(rule_of, conversation_of, segmenter):
    ruleset = rule_of(INSULT)
    conversation = conversation_of(ruleset, "客服1: 听不懂人话\n客户: 换人\n客服2: 您好")

    result = classify(_transcribed(conversation), ruleset, segmenter, 7).classification

    assert result is not None
    assert result.verdict_leg == (0, 1)
    assert result.verdict == (Verdict.HIT, Verdict.NO_HIT)
    assert result.activation_seq == 7
    assert result.ruleset_hash == ruleset.hash


def test_a_missing_precondition_is_not_applicable_rather_than_no_hit(ask):
    (judgement,) = ask(POLITE, "客户: 在吗", more="applies: {agent_turns: 1}")

    assert judgement.verdict is Verdict.NOT_APPLICABLE


def test_what_must_be_said_is_satisfied_by_what_sounds_alike(ask):
    when = "not: {said: [感谢您的来电], sounds_like: true}"

    (judgement,) = ask(when, "客服: 感谢您的来点")

    assert judgement.verdict is Verdict.NO_HIT


def test_what_must_not_be_said_is_never_found_by_sound_alone(ask):
    (judgement,) = ask("said: [不归我们管]\nsounds_like: true", "客服: 这个不贵我们管")

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.SOUND_ALIKE)
    assert judgement.evidence[0].reading == "不归我们管"
    assert judgement.evidence[0].words == "不贵我们管"


def test_a_rule_that_declares_itself_ambiguous_never_hits(ask):
    (judgement,) = ask("said: [小三]", "客服: 小三", more="ambiguous: true")

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.AMBIGUOUS)


def test_words_heard_with_low_probability_blame_nobody(rule_of, conversation_of):
    ruleset = rule_of(INSULT)
    conversation = conversation_of(ruleset, "客服: 听不懂人话")
    unsure = replace(conversation.transcript, turn_confidence=(0.2,))
    again = Conversation(conversation.header, unsure, ruleset.search, conversation._segmenter)

    (judgement,) = judge(ruleset.rules[0], again, ruleset)

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.LOW_CONFIDENCE)


def test_what_was_not_understood_may_hold_what_must_be_said(rule_of, conversation_of):
    ruleset = rule_of(POLITE)
    conversation = conversation_of(ruleset, "客服: 华年之电客服务中心请讲")
    unsure = replace(conversation.transcript, turn_confidence=(0.1,))
    again = Conversation(conversation.header, unsure, ruleset.search, conversation._segmenter)

    (judgement,) = judge(ruleset.rules[0], again, ruleset)

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.UNHEARD)


def test_nobody_is_blamed_for_words_of_which_the_speaker_is_unknown(rule_of, conversation_of):
    ruleset = rule_of(INSULT)
    conversation = conversation_of(ruleset, "客服: 听不懂人话")
    mixed = replace(conversation.transcript, turn_party=(Role.MIXED,))
    again = Conversation(conversation.header, mixed, ruleset.search, conversation._segmenter)

    (judgement,) = judge(ruleset.rules[0], again, ruleset)

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.NO_SPEAKER)


def test_a_fault_that_fits_no_leg_is_uncertain(rule_of, conversation_of):
    ruleset = rule_of(INSULT)
    conversation = conversation_of(ruleset, "客服: 听不懂人话")
    header = replace(conversation.header, agents=(AgentLeg(agent_id="a"), AgentLeg(agent_id="b")))
    stray = replace(conversation.transcript, turn_leg=(-1,))
    again = Conversation(header, stray, ruleset.search, conversation._segmenter)

    told = {j.leg: (j.verdict, j.doubt) for j in judge(ruleset.rules[0], again, ruleset)}

    assert told == {
        0: (Verdict.NO_HIT, Doubt.NONE),
        1: (Verdict.NO_HIT, Doubt.NONE),
        -1: (Verdict.UNCERTAIN, Doubt.NO_LEG),
    }


def test_automatic_and_recalled_messages_bring_neither_blame_nor_credit(ask):
    for note in ("自动", "撤回"):
        for kind in ("FAULT", "CREDIT"):
            (judgement,) = ask(INSULT, f"客服({note}): 听不懂人话", kind=kind, channel="WEB")
            assert judgement.verdict is Verdict.NO_HIT


def test_what_a_customer_recalled_is_still_heard_as_a_signal(ask):
    (judgement,) = ask("said: [投诉]", "客户(撤回): 我要投诉", kind="SIGNAL", channel="WEB")

    assert judgement.verdict is Verdict.HIT


def test_a_signal_concerns_the_leg_in_which_it_was_said(rule_of, conversation_of, segmenter):
    ruleset = rule_of("said: [投诉]", kind="SIGNAL")
    conversation = conversation_of(ruleset, "客服1: 您好\n客服2: 您好\n客户: 我要投诉")
    placed = replace(conversation.transcript, turn_leg=(0, 1, 1))
    transcribed = InteractionTranscribed(header=conversation.header, transcript=placed)

    result = classify(transcribed, ruleset, segmenter, 1).classification

    assert result is not None
    assert result.verdict_leg == (-1,)
    assert result.findings[0].leg == 1


def test_evidence_is_bounded_and_in_time_order(ask):
    (judgement,) = ask("said: [投诉]", "\n".join(["客户: 我要投诉"] * 30), kind="SIGNAL")

    times = [place.start_ms for place in judgement.evidence]
    assert len(times) == MOST_EVIDENCE
    assert times == sorted(times)


def test_what_was_not_said_is_shown_by_the_turns_that_were_searched(ask):
    when = "not: {said: [工号], within: {first_turns: 1}}"

    (judgement,) = ask(when, "客服: 喂,请讲\n客服: 嗯")

    assert [place.words for place in judgement.evidence] == ["喂,请讲"]


def test_what_was_not_said_is_else_shown_by_what_called_for_it(ask):
    more = "applies: {requires: {said: [重置好了]}}"

    (judgement,) = ask("not: {said: [身份证]}", "客服: 已经重置好了", more=more)

    assert [place.words for place in judgement.evidence] == ["重置好了"]


def test_the_order_of_rules_changes_no_verdict(conversation_of, segmenter):
    head = "ruleset: t\nversion: 1.0.0\nlanguage: zh\nrules:\n"
    first = "  - {id: a, version: 1.0.0, name: {zh: 甲}, kind: FAULT, when: {said: [不归我们管]}}\n"
    second = "  - {id: b, version: 1.0.0, name: {zh: 乙}, kind: FAULT, when: {said: [我们管, 归我]}}\n"
    one, other = load_ruleset(head + first + second), load_ruleset(head + second + first)
    transcribed = _transcribed(conversation_of(one, "客服: 这个不归我们管"))

    results = [classify(transcribed, ruleset, segmenter, 1).classification for ruleset in (one, other)]

    found = [{f.rule_id: f.evidence for f in result.findings} for result in results if result]
    assert found[0] == found[1]
    assert set(found[0]) == {"a", "b"}


def test_classifying_twice_gives_the_same_record(conversation_of, segmenter):
    ruleset = load_ruleset(shipped_ruleset("zh"))
    transcribed = _transcribed(conversation_of(ruleset, "客服: 喂\n客户: 我要投诉你们\n客服: 随便你投诉"))

    assert classify(transcribed, ruleset, segmenter, 1) == classify(transcribed, ruleset, segmenter, 1)


@pytest.mark.parametrize("kind", ["FAULT", "CREDIT", "SIGNAL", "EXEMPTION"])
def test_nothing_is_certain_on_channels_that_were_probably_swapped(rule_of, conversation_of, kind):
    ruleset = rule_of(INSULT, kind=kind)
    conversation = conversation_of(ruleset, "客服: 听不懂人话\n客户: 听不懂人话")
    swapped = replace(conversation.transcript, doubts=(Doubt.SWAPPED_CHANNELS,))
    again = Conversation(conversation.header, swapped, ruleset.search, conversation._segmenter)

    (judgement,) = judge(ruleset.rules[0], again, ruleset)

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.SWAPPED_CHANNELS)


def test_of_several_doubts_the_first_written_is_told_though_cheaper_parts_are_asked_first(ask):
    likeness = "{similar: [您是不是自己操作失误了], at_least: 0.8, band: 0.3}"
    words = "{said: [小三], ambiguous: true}"
    dialogue = "客服: 您是不是自己操作失误,小三"

    doubts = [
        ask(f"all: [{one}, {other}]", dialogue)[0].doubt
        for one, other in ((likeness, words), (words, likeness))
    ]

    assert doubts == [Doubt.NEAR_THRESHOLD, Doubt.AMBIGUOUS]
