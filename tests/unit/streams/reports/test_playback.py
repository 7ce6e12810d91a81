"""Which audio is played, and which stretches of it nobody may hear."""

import base64
import hashlib
import io
import wave

import av
import numpy as np
import pytest

from streams.masked_audio import PADDING_MS
from streams.reports.audio import RATE
from streams.reports.playback import (
    MaskedTurn,
    Playback,
    StoredRecording,
    first_offset_ms,
    silenced,
)
from streams.reports.queries import query


class Store:
    """Answers the two questions of a playback with given rows; any other query fails."""

    def __init__(self, turns=(), recordings=()):
        self._answers = {query("masked_turns"): turns, query("recordings"): recordings}

    def query(self, sql, parameters):
        assert parameters["first"] <= parameters["last"]
        rows = self._answers[sql]
        self.column_names = tuple(rows[0]) if rows else ()
        self.result_rows = [tuple(row.values()) for row in rows]
        return self


def masked_turn(**values):
    return {
        "interaction_id": "call-1",
        "start_ms": 1_000,
        "end_ms": 2_000,
        "redaction_start": [3],
        "redaction_end": [8],
        "words": [],
        **values,
    }


def recording(path, **values):
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "interaction_id": "call-1",
        "n": 0,
        "uri": path.as_uri(),
        "sha256": checksum,
        "started_at": None,
        **values,
    }


@pytest.fixture
def call(tmp_path):
    """A stereo wav of three seconds with a steady tone."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    path = folder / "call.wav"
    tone = (12_000 * np.sin(2 * np.pi * 440 * np.arange(3 * 8_000) / 8_000)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(np.repeat(tone[:, None], 2, axis=1).tobytes())
    return path


@pytest.fixture
def heard_call(make):
    return make["interaction"](turns=(make["turn"](),))


def loudness(uri, start_ms, end_ms):
    with av.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        blocks = [b.to_ndarray() for frame in container.decode(audio=0) for b in resampler.resample(frame)]
    stretch = np.concatenate(blocks, axis=1)[:, start_ms * RATE // 1000 : end_ms * RATE // 1000]
    return float(np.sqrt(np.mean(np.square(stretch), axis=1)).max())


def test_masked_words_are_silent_in_the_played_audio(call, heard_call):
    store = Store([masked_turn(words=[(3, 8, 1_200, 1_800)])], [recording(call)])

    uri = Playback(store, [call.parent], [heard_call]).data_uri(heard_call)

    assert loudness(uri, 1_200 - PADDING_MS + 50, 1_800 + PADDING_MS - 50) < 0.003
    assert loudness(uri, 100, 800) > 0.1
    assert loudness(uri, 2_200, 2_900) > 0.1


def test_a_masked_place_without_word_times_silences_its_whole_turn():
    turn = MaskedTurn(
        interaction_id="call-1",
        start_ms=1_000,
        end_ms=9_000,
        redaction_start=(3,),
        redaction_end=(8,),
        words=((0, 3, 1_000, 2_000),),
    )

    assert silenced(turn) == [(1_000 - PADDING_MS, 9_000 + PADDING_MS)]


def test_each_masked_place_of_a_turn_is_silenced_where_its_words_are():
    turn = MaskedTurn(
        interaction_id="call-1",
        start_ms=0,
        end_ms=9_000,
        redaction_start=(0, 8),
        redaction_end=(4, 12),
        words=((0, 4, 500, 1_000), (4, 8, 1_000, 5_000), (8, 12, 5_000, 6_000)),
    )

    assert silenced(turn) == [(200, 1_300), (4_700, 6_300)]


def test_masked_times_count_from_the_start_of_the_played_recording(call, heard_call):
    masked = masked_turn(words=[(3, 8, 11_200, 11_800)])
    places = [recording(call, started_at=10_000), recording(call, n=1, started_at=0)]

    uri = Playback(Store([masked], places), [call.parent], [heard_call]).data_uri(heard_call)

    assert loudness(uri, 1_250, 1_750) < 0.003
    assert loudness(uri, 100, 800) > 0.1


def test_recordings_without_times_lie_one_behind_the_other():
    def place(n, started_at):
        return StoredRecording(interaction_id="call-1", n=n, uri="", started_at=started_at)

    assert first_offset_ms([place(0, 5_000), place(1, None)]) == 0
    assert first_offset_ms([place(0, 5_000), place(1, 2_000)]) == 3_000


def test_a_call_that_nobody_transcribed_is_not_played(call, make):
    silent = make["interaction"]()
    playback = Playback(Store([], [recording(call)]), [call.parent], [silent])

    assert playback.data_uri(silent) is None


def test_a_file_outside_the_folders_for_recordings_is_not_read(call, heard_call, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()

    assert Playback(Store([], [recording(call)]), [other], [heard_call]).data_uri(heard_call) is None


def test_a_file_that_was_replaced_since_it_was_heard_is_not_played(call, heard_call):
    store = Store([], [recording(call, sha256="0" * 64)])

    assert Playback(store, [call.parent], [heard_call]).data_uri(heard_call) is None


def test_a_recording_that_is_gone_is_not_played(call, heard_call):
    store = Store([], [recording(call)])
    call.unlink()

    assert Playback(store, [call.parent], [heard_call]).data_uri(heard_call) is None


def test_a_file_that_does_not_decode_is_not_played(call, heard_call):
    call.write_bytes(b"RIFF0000WAVE and nothing that follows is audio")

    assert Playback(Store([], [recording(call)]), [call.parent], [heard_call]).data_uri(heard_call) is None
