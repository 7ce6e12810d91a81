from processors.transcription.engine import Span
from processors.transcription.responses import mean_ms, response_gaps_ms


def test_a_pause_counts_from_the_end_of_the_question_to_the_begin_of_the_answer():
    asking = [Span(0, 1_000), Span(5_000, 6_000)]
    answering = [Span(1_400, 3_000), Span(7_000, 8_000)]

    assert response_gaps_ms(answering, asking) == (400, 1_000)
    assert response_gaps_ms(asking, answering) == (2_000,)


def test_an_answer_that_talks_over_the_question_has_no_pause():
    assert response_gaps_ms([Span(900, 3_000)], [Span(0, 1_000)]) == ()


def test_after_a_short_call_in_between_the_longer_speech_must_have_ended_too():
    asking, answering = [Span(0, 5_000)], [Span(1_000, 1_500), Span(6_000, 7_000)]

    assert response_gaps_ms(answering, asking) == ()


def test_who_goes_on_after_an_own_pause_answers_nobody():
    assert response_gaps_ms([Span(0, 1_000), Span(2_000, 3_000)], [Span(9_000, 9_500)]) == ()


def test_the_end_of_a_hold_is_no_answer():
    assert response_gaps_ms([Span(40_000, 41_000)], [Span(0, 1_000)], [Span(2_000, 39_000)]) == ()


def test_without_an_answer_there_is_no_mean():
    assert mean_ms(()) is None
    assert mean_ms((400, 1_001)) == 700
