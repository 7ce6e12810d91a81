import numpy as np

from processors.transcription.engine import ChannelSpeech, HeardWord, Span
from processors.transcription.windows import Window, lost_pieces, pack


def channel(seconds, *speech):
    return ChannelSpeech(
        samples=np.arange(seconds * 16_000, dtype=np.float32), speech=tuple(Span(*span) for span in speech)
    )


def test_speech_is_merged_in_order_until_a_window_is_full():
    heard = channel(60, (1_000, 9_000), (20_000, 28_000), (40_000, 48_000))

    windows = pack(0, heard)

    assert [window.pieces for window in windows] == [
        (Span(700, 9_300), Span(19_700, 28_300)),
        (Span(39_700, 48_300),),
    ]


def test_padding_stays_inside_the_recording_and_never_repeats_audio():
    windows = pack(0, channel(3, (100, 1_000), (1_200, 2_900)))

    assert windows[0].pieces == (Span(0, 1_100), Span(1_100, 3_000))


def test_speech_longer_than_a_window_is_cut_where_it_is_quiet():
    samples = np.ones(50 * 16_000, dtype=np.float32)
    samples[24_500 * 16 : 24_600 * 16] = 0
    heard = ChannelSpeech(samples=samples, speech=(Span(10_000, 38_000),))

    windows = pack(0, heard)

    assert len(windows) == 2
    assert 24_500 <= windows[0].pieces[-1].end_ms <= 24_600
    assert windows[1].pieces[0].start_ms == windows[0].pieces[-1].end_ms


def test_no_window_exceeds_its_limit_however_long_somebody_speaks():
    heard = ChannelSpeech(
        samples=np.random.default_rng(3).normal(size=200 * 16_000).astype(np.float32),
        speech=(Span(0, 200_000),),
    )

    windows = pack(0, heard)

    assert max(window.length_ms for window in windows) <= 20_000
    assert sum(window.length_ms for window in windows) == 200_000


def test_window_audio_is_its_pieces_one_behind_the_other():
    heard = channel(4)
    window = Window(0, [Span(0, 1), Span(2_000, 2_001)])

    samples = window.samples(heard.samples)

    assert samples.tolist() == [*range(16), *range(32_000, 32_016)]


def test_times_in_a_window_lead_back_to_the_recording():
    window = Window(0, [Span(1_000, 2_000), Span(5_000, 6_000)])

    assert window.recording_span(200, 400) == Span(1_200, 1_400)
    assert window.recording_span(1_200, 1_400) == Span(5_200, 5_400)


def test_a_word_across_a_seam_belongs_to_the_piece_of_its_middle():
    window = Window(0, [Span(1_000, 2_000), Span(5_000, 6_000)])

    assert window.recording_span(900, 1_500) == Span(5_000, 5_500)
    assert window.recording_span(500, 1_100) == Span(1_500, 2_000)


def test_a_channel_without_speech_has_no_windows():
    assert pack(0, channel(5)) == []


def word(text, start_ms):
    return HeardWord(text=text, start_ms=start_ms, end_ms=start_ms + 100, probability=0.9)


def test_speech_that_gave_no_letter_in_a_window_of_several_pieces_is_lost():
    window = Window(1, [Span(0, 3_000), Span(5_000, 8_000), Span(9_000, 12_000)])

    lost = lost_pieces(window, [word("好", 1_000), word(",", 6_000), word("的", 9_500)])

    assert [(one.channel, one.pieces) for one in lost] == [(1, (Span(5_000, 8_000),))]


def test_a_short_sound_without_a_letter_is_not_lost():
    window = Window(0, [Span(0, 3_000), Span(5_000, 6_500)])

    assert lost_pieces(window, [word("好", 1_000)]) == []


def test_a_single_piece_cannot_be_heard_any_more_alone():
    assert lost_pieces(Window(0, [Span(0, 9_000)]), []) == []
