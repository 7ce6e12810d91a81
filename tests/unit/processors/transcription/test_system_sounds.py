import numpy as np
import pytest

from processors.transcription.engine import Span
from processors.transcription.system_sounds import separate
from schemas.records.terms import SystemSound

SECOND = 16_000
RANDOM = np.random.default_rng(7)


def tone(seconds, *hertz, amplitude=0.1):
    time = np.arange(int(seconds * SECOND)) / SECOND
    return sum(amplitude / len(hertz) * np.sin(2 * np.pi * f * time) for f in hertz)


def quiet(seconds):
    return np.zeros(int(seconds * SECOND))


def noise(seconds, amplitude=0.03):
    return amplitude * RANDOM.normal(size=int(seconds * SECOND))


def melody(seconds, amplitude=0.2):
    """Notes of half a second with four partials that die away, a chord below them."""
    notes = 220 * 2 ** (RANDOM.integers(0, 24, size=int(seconds * 2)) / 12)
    fading = np.exp(-3 * np.arange(SECOND // 2) / SECOND)
    line = [sum(tone(0.5, n * f, amplitude=amplitude / n) for n in (1, 2, 3, 4)) * fading for f in notes]
    chords = [tone(2, *(220 * 2 ** (np.array(c) / 12)), amplitude=0.05) for c in ((0, 4, 7), (5, 9, 12))]
    return np.concatenate(line) + np.resize(np.concatenate(chords), int(seconds * SECOND))


def gliding(seconds):
    """Voiced sound whose pitch never rests, as in speech, in syllables of a quarter of a second."""
    time = np.arange(int(seconds * SECOND)) / SECOND
    pitch = 140 + 40 * np.sin(2 * np.pi * 1.3 * time) + 25 * np.sin(2 * np.pi * 3.1 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / SECOND
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1)
    return 0.1 * syllables * sum(np.sin(n * phase) / n for n in range(1, 15))


def found(*parts, speech=()):
    samples = np.concatenate(parts).astype(np.float32)
    return separate(samples, tuple(speech))


def near(span, start_ms, end_ms, tolerance_ms):
    return abs(span.start_ms - start_ms) <= tolerance_ms and abs(span.end_ms - end_ms) <= tolerance_ms


@pytest.mark.parametrize(
    "beep",
    [
        pytest.param(lambda: tone(1, 450), id="China"),
        pytest.param(lambda: tone(1, 425), id="Europe"),
        pytest.param(lambda: tone(2, 440, 480), id="North America"),
    ],
)
def test_a_ring_back_tone_is_one_stretch_from_the_first_ring_to_the_last(beep):
    rings = np.concatenate([beep(), quiet(4), beep(), quiet(4), beep()])

    (ringing,) = found(quiet(1), rings, quiet(2)).sounds

    assert ringing.sound is SystemSound.RING_BACK
    assert near(ringing.span, 1_000, 1_000 + rings.size // 16, 100)


def test_short_beats_in_quick_succession_are_a_busy_tone():
    (busy,) = found(*[tone(0.35, 450), quiet(0.35)] * 5).sounds

    assert busy.sound is SystemSound.BUSY


def test_rings_are_found_above_the_noise_of_a_line_and_leave_speech_alone():
    samples = np.concatenate([tone(1, 450), quiet(4), tone(1, 450), quiet(1), gliding(4)])

    result = found(samples + noise(samples.size / SECOND, 0.002), speech=[Span(7_000, 11_000)])

    assert [sound.sound for sound in result.sounds] == [SystemSound.RING_BACK]
    assert result.speech == (Span(7_000, 11_000),)


def test_music_is_found_where_it_plays():
    (music,) = found(quiet(10), melody(30), quiet(10)).sounds

    assert music.sound is SystemSound.MUSIC
    assert near(music.span, 10_000, 40_000, 3_000)


def test_what_the_detector_takes_for_speech_within_music_is_the_machines():
    result = found(melody(30), speech=[Span(10_000, 12_000)])

    assert [sound.sound for sound in result.sounds] == [SystemSound.MUSIC]
    assert result.speech == ()


def test_a_person_who_speaks_until_the_music_begins_keeps_the_last_word():
    samples = [gliding(12), melody(30), gliding(12)]
    speech = [Span(0, 12_000), Span(42_000, 54_000)]

    result = found(*samples, speech=speech)

    assert result.speech == tuple(speech)
    (music,) = result.sounds
    assert music.span.start_ms >= 12_000
    assert music.span.end_ms <= 42_000


def test_a_pause_between_two_pieces_is_still_the_same_hold():
    (music,) = found(melody(20), quiet(5), melody(20)).sounds

    assert near(music.span, 0, 45_000, 3_000)


@pytest.mark.parametrize(
    "sounding",
    [
        pytest.param(lambda: gliding(40), id="speech that the detector missed"),
        pytest.param(lambda: noise(40), id="white noise"),
        pytest.param(lambda: np.cumsum(noise(40, 0.003)) * 0.05, id="rumbling"),
        pytest.param(lambda: tone(40, 100, 300), id="mains hum"),
        pytest.param(lambda: melody(5), id="music shorter than eight seconds"),
        pytest.param(lambda: melody(30) * 0.001, id="music that nobody can hear"),
    ],
)
def test_no_hold_is_found_in(sounding):
    assert found(quiet(5), sounding(), quiet(5)).sounds == ()


def test_a_channel_that_is_silent_outside_of_speech_is_left_as_it_is():
    speech = (Span(0, 20_000),)

    assert separate(melody(20).astype(np.float32), speech).speech == speech


def test_a_recording_shorter_than_a_frame_holds_nothing():
    assert separate(np.zeros(10, np.float32), ()).sounds == ()
