from __future__ import annotations

import pytest

from schemas.records.terms import Doubt, Verdict

HIT, NO_HIT, UNCERTAIN = Verdict.HIT, Verdict.NO_HIT, Verdict.UNCERTAIN


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("你给我滚", HIT), ("滚,别来了", HIT), ("页面向下滚动", NO_HIT), ("孩子在打滚", NO_HIT)],
)
def test_a_whole_word_is_no_part_of_another(ask, text, verdict):
    (judgement,) = ask("said: [滚]\nwords: true", f"客服: {text}")

    assert judgement.verdict is verdict


def test_a_mistress_is_no_tricycle(ask):
    (judgement,) = ask("said: [小三]\nwords: true", "客服: 买了小三轮车")

    assert judgement.verdict is NO_HIT


def test_only_the_party_asked_for_counts(ask):
    (judgement,) = ask("said: [投诉]\nby: customer", "客服: 您可以投诉")

    assert judgement.verdict is NO_HIT


@pytest.mark.parametrize(("match", "verdict"), [("any", HIT), ("2", HIT), ("all", NO_HIT)])
def test_any_so_many_or_all_different_phrases(ask, match, verdict):
    (judgement,) = ask(
        f"said: [名额有限, 机会难得, 最后一天]\nmatch: {match}", "客服: 名额有限\n客服: 机会难得"
    )

    assert judgement.verdict is verdict


@pytest.mark.parametrize(("times", "verdict"), [(2, HIT), (3, NO_HIT)])
def test_so_many_times(ask, times, verdict):
    (judgement,) = ask(f"said: [喂]\ntimes: {times}", "客服: 喂\n客服: 喂")

    assert judgement.verdict is verdict


def test_an_exception_takes_only_the_place_it_covers(ask):
    when = "said: [保证收益]\nexcept: [不能保证收益]"

    (excepted,) = ask(when, "客服: 我们不能保证收益")
    (elsewhere,) = ask(when, "客服: 不能保证收益,但我私下保证收益")

    assert excepted.verdict is NO_HIT
    assert elsewhere.verdict is HIT


def test_unless_takes_the_whole_turn(ask):
    when = "said: [不归我们管]\nunless: [帮您转接]"

    (mended,) = ask(when, "客服: 不归我们管,我帮您转接")
    (not_mended,) = ask(when, "客服: 不归我们管\n客服: 帮您转接")

    assert mended.verdict is NO_HIT
    assert not_mended.verdict is HIT


@pytest.mark.parametrize(
    ("within", "verdict"),
    [("first_turns: 1", NO_HIT), ("last_turns: 1", HIT), ("first_ms: 1000", NO_HIT), ("last_ms: 2000", HIT)],
)
def test_a_part_of_the_conversation(ask, within, verdict):
    dialogue = "客服: 您好,请问有什么可以帮您\n客户: 查话费\n客服: 再见"

    (judgement,) = ask(f"said: [再见]\nwithin: {{{within}}}", dialogue)

    assert judgement.verdict is verdict


def test_an_automatic_message_counts_where_the_condition_asks_for_it(ask):
    when = "not: {said: [欢迎光临], automatic: true}"

    (judgement,) = ask(when, "客服(自动): 欢迎光临\n客服: 在", channel="WEB")

    assert judgement.verdict is NO_HIT


def test_an_ambiguous_wording_leaves_the_rule_open(ask):
    (judgement,) = ask("said: [保本]\nambiguous: true", "客服: 这是保本的")

    assert (judgement.verdict, judgement.doubt) == (UNCERTAIN, Doubt.AMBIGUOUS)


def test_a_written_phrase_beside_one_that_only_sounds_alike_is_enough(ask):
    when = "said: [不归我们管]\nsounds_like: true"

    (judgement,) = ask(when, "客服: 不贵我们管\n客服: 不归我们管")

    assert judgement.verdict is HIT
    assert [place.words for place in judgement.evidence] == ["不归我们管"]


def test_overlapping_phrases_give_one_place_the_longest(ask):
    (judgement,) = ask("said: [投诉, 我要投诉, 投诉你们]", "客服: 我要投诉你们", kind="FAULT")

    assert [place.words for place in judgement.evidence] == ["我要投诉"]


@pytest.mark.parametrize(
    ("dialogue", "verdict"),
    [
        ("客服: 喂\n客服: 喂,喂", HIT),
        ("客服: 喂\n客服: 喂,您好,请问什么事", NO_HIT),
        ("客户: 喂", NO_HIT),
    ],
)
def test_saying_nothing_but_hello(ask, dialogue, verdict):
    (judgement,) = ask("says_only: [喂, 您好]", dialogue)

    assert judgement.verdict is verdict
