"""The recogniser is told the words of the call's language and queue, within its budget."""

import pytest

from processors.language.lexicon import load_lexicon
from processors.transcription.hearing import HearingOptions
from streams.hot_words import BUDGET_CHARACTERS, hearing_options

LEXICONS = {language: load_lexicon(language) for language in ("zh", "en")}


@pytest.mark.parametrize("language", ["zh", "zh-CN", "ZH-hans-cn", None])
def test_chinese_and_unstated_languages_get_chinese_words(language):
    options = hearing_options(LEXICONS, language, None)

    assert options.hot_words.startswith(LEXICONS["zh"].opening)
    assert options.lexicon_hash == LEXICONS["zh"].hash


def test_english_calls_get_english_words():
    options = hearing_options(LEXICONS, "en-US", None)

    assert options.hot_words.isascii()
    assert options.lexicon_hash == LEXICONS["en"].hash


def test_a_language_without_a_lexicon_gets_no_words():
    assert hearing_options(LEXICONS, "fr", "billing") == HearingOptions()


def test_a_queue_with_words_of_its_own_changes_what_is_expected_but_not_the_lexicon():
    queue = next(queue for domain in LEXICONS["zh"].domains for queue in domain.queues)

    general = hearing_options(LEXICONS, "zh", None)
    own = hearing_options(LEXICONS, "zh", queue)

    assert own.hot_words != general.hot_words
    assert own.lexicon_hash == general.lexicon_hash


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_fit_the_budget_and_use_it(language):
    for queue in (None, *(queue for domain in LEXICONS[language].domains for queue in domain.queues)):
        words = hearing_options(LEXICONS, language, queue).hot_words
        assert BUDGET_CHARACTERS / 2 < len(words) <= BUDGET_CHARACTERS
