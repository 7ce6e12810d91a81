from processors.transcription.decoding import AGAIN, FIRST, Attempt, Decoding, best, failure


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


def test_attempts_after_the_first_do_without_hot_words_and_are_all_different():
    assert not any(attempt.hot_words for attempt in AGAIN)
    assert len({(a.beam_size, a.repetition_penalty, a.no_repeat_ngram_size) for a in AGAIN}) == len(AGAIN)
    assert Attempt(name="first") == FIRST
