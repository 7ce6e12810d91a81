import msgspec
import pytest

from processors.language.lexicon import load_lexicon, parse_lexicon

SMALL = """
language: zh
opening: 客服通话
domains:
  - {name: service, queues: [], terms: [请问, 工号]}
  - {name: billing, queues: [billing], terms: [话费, 账单]}
  - {name: orders, queues: [orders], terms: [物流]}
"""


def test_hot_words_are_one_sentence_with_half_width_commas() -> None:
    assert parse_lexicon(SMALL).hot_words("billing", 40) == "客服通话,话费,请问,账单,工号,物流。"


def test_a_word_that_the_opening_says_already_takes_no_room() -> None:
    greeting = SMALL.replace("opening: 客服通话", "opening: 请问有什么可以帮您")

    assert parse_lexicon(greeting).hot_words("billing", 40) == "请问有什么可以帮您,话费,账单,工号,物流。"


def test_phrases_are_read_by_sound_and_neither_hot_nor_words_of_their_own() -> None:
    lexicon = parse_lexicon(SMALL + "phrases: [给您带来不便]\n")

    assert "给您带来不便" in lexicon.readable
    assert "给您带来不便" not in lexicon.terms
    assert "给您带来不便" not in lexicon.hot_words(None, 1000)


def test_short_insults_are_never_read_into_what_was_heard() -> None:
    readable = load_lexicon("zh").readable

    assert "有完没完" in readable
    assert not {"骗子", "傻逼", "滚", "小三"} & set(readable)


def test_words_of_the_queue_come_first_when_the_budget_is_short() -> None:
    assert parse_lexicon(SMALL).hot_words("orders", 9) == "客服通话,物流。"
    assert parse_lexicon(SMALL).hot_words(None, 9) == "客服通话,请问。"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "queue", ["billing", "repair", "orders", "account", "sales", "retention", "general", None]
)
def test_hot_words_keep_to_the_budget(language: str, queue: str | None) -> None:
    sentence = load_lexicon(language).hot_words(queue, 150)
    assert 100 < len(sentence) <= 150
    assert "，" not in sentence


def test_insults_are_never_hot_words() -> None:
    sentence = load_lexicon("zh").hot_words(None, 10_000)
    assert "骗子" in load_lexicon("zh").terms
    assert "骗子" not in sentence


def test_the_hash_follows_the_words_and_not_the_layout() -> None:
    assert parse_lexicon(SMALL).hash == parse_lexicon(SMALL + "\n# a remark\n").hash
    assert parse_lexicon(SMALL).hash != parse_lexicon(SMALL.replace("物流", "快递")).hash


@pytest.mark.parametrize(
    "word", ["话费", "工信部", "携号转网", "营业厅", "优惠券", "核实", "验证码", "保本保息", "小程序"]
)
def test_the_chinese_lexicon_has_the_words_that_are_often_misheard(word: str) -> None:
    assert word in load_lexicon("zh").terms


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_domain_repeats_a_word(language: str) -> None:
    for domain in load_lexicon(language).domains:
        assert len(set(domain.terms)) == len(domain.terms)


def test_a_regional_language_tag_finds_its_language() -> None:
    assert load_lexicon("zh-CN").language == "zh"
    assert load_lexicon("en_US").language == "en"


@pytest.mark.parametrize("language", ["fr", "../zh", ""])
def test_a_language_without_lexicon_is_refused(language: str) -> None:
    with pytest.raises(LookupError):
        load_lexicon(language)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        parse_lexicon(SMALL + "extra: 1\n")
