import numpy as np

from processors.transcription.activity import VoiceActivity, join_gaps, speech_spans
from processors.transcription.engine import Span


def test_speech_begins_at_the_upper_threshold_and_lasts_until_the_lower_one():
    probabilities = np.array([0.0, 0.2, 0.4, 0.2, 0.15, 0.05, 0.2, 0.0], dtype=np.float32)

    spans = speech_spans(probabilities)

    assert spans == [Span(64, 160)]


def test_a_probability_between_the_thresholds_does_not_begin_speech():
    assert speech_spans(np.array([0.2, 0.25, 0.29], dtype=np.float32)) == []


def test_speech_up_to_the_last_frame_ends_with_the_recording():
    assert speech_spans(np.array([0.0, 0.9, 0.9], dtype=np.float32)) == [Span(32, 96)]


def test_gaps_of_up_to_600_ms_are_joined_and_longer_ones_are_not():
    spans = [Span(0, 1000), Span(1600, 2000), Span(2601, 3000)]

    assert join_gaps(spans) == [Span(0, 2000), Span(2601, 3000)]


def test_a_span_inside_another_does_not_shorten_it():
    assert join_gaps([Span(0, 5000), Span(1000, 2000)]) == [Span(0, 5000)]


def test_noise_is_not_speech():
    noise = np.random.default_rng(1).normal(0, 0.01, 16_000 * 3).astype(np.float32)

    assert VoiceActivity().intervals(noise) == ()


def test_an_empty_channel_has_no_speech():
    assert VoiceActivity().intervals(np.zeros(0, dtype=np.float32)) == ()
