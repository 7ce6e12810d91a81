import pytest
from msgspec.structs import replace

from processors.transcription.decoding import AGAIN, FIRST, Attempt, Decoding, best, failure, no_speech


def decoding(text, logprob=-0.3, attempt=FIRST):
    return Decoding(attempt=attempt, tokens=(1,), text=text, logprob=logprob)


REPEATED = "谢谢" * 60


def test_an_ordinary_sentence_stands():
    assert failure(decoding("您好,请问有什么可以帮您"), speech_ms=3_000) is None


def test_a_text_that_repeats_itself_fails():
    assert failure(decoding(REPEATED), speech_ms=20_000) == "repetition"


def test_an_improbable_text_fails():
    assert failure(decoding("祈祈祈", logprob=-1.2), speech_ms=3_000) == "improbable"


def test_speech_without_any_letter_fails_unless_it_is_short():
    assert failure(decoding("..."), speech_ms=3_000) == "no text"
    assert failure(decoding(""), speech_ms=800) is None


def test_the_first_attempt_that_stands_is_kept_though_a_later_one_is_more_probable():
    attempts = [decoding(REPEATED, -0.1), decoding("好的", -0.9), decoding("好", -0.1)]

    assert best(attempts, speech_ms=2_000) is attempts[1]


def test_where_none_stands_the_most_probable_without_repetition_is_kept():
    attempts = [decoding(REPEATED, -0.1), decoding("好的", -1.9), decoding("好", -1.4), decoding("", -0.2)]

    assert best(attempts, speech_ms=2_000) is attempts[2]


def test_where_all_repeat_themselves_the_most_probable_is_kept():
    attempts = [decoding(REPEATED, -0.5), decoding(REPEATED, -0.2)]

    assert best(attempts, speech_ms=2_000) is attempts[1]


def test_every_later_attempt_is_in_a_full_window_and_all_are_different():
    assert all(attempt.full_window for attempt in AGAIN)
    assert len({replace(attempt, name="") for attempt in (FIRST, *AGAIN)}) == len(AGAIN) + 1


def test_a_sentence_said_twice_fails_until_it_is_heard_so_in_a_full_window():
    twice = "甚至出现交易几乎停滞的情况,甚至出现交易几乎停滞的情况。"
    full = Attempt(name="in a full window", full_window=True)

    assert failure(decoding(twice), speech_ms=4_000) == "doubled"
    assert failure(decoding(twice, attempt=full), speech_ms=4_000) is None


@pytest.mark.parametrize(
    "text",
    [
        "我的号码是一三八零零一三八零零零",
        "1380013800",
        "好的好的",
        "okay, okay, I'll just, I'll just",
        "喂,听得到吗,请问喂",
    ],
)
def test_numbers_and_short_words_may_come_twice(text):
    assert failure(decoding(text), speech_ms=4_000) is None


@pytest.mark.parametrize(
    ("silent", "logprob", "dropped"), [(0.9, -1.6, True), (0.9, -0.4, False), (0.2, -1.6, False)]
)
def test_only_what_is_both_silent_and_improbable_is_no_speech(silent, logprob, dropped):
    first = Decoding(attempt=FIRST, tokens=(1,), text="试", logprob=-2.0, no_speech=silent)
    kept = Decoding(attempt=FIRST, tokens=(1,), text="试", logprob=logprob)

    assert no_speech(first, kept) is dropped
