import pytest

from processors.transcription import EngineInfo
from schemas.records.terms import DeadLetterReason
from streams.asr_child.messages import (
    Decoded,
    DoneTogether,
    Failed,
    Ready,
    Refused,
    Setup,
    decode_reply,
    decode_setup,
    encode,
)


@pytest.mark.parametrize(
    "reply",
    [
        Ready(info=EngineInfo(name="n", version="1", model="m", model_sha256="0", options="o")),
        Decoded(audio_ms=1_000),
        Refused(reason=DeadLetterReason.RECORDING_CORRUPT, detail="no audio stream"),
        Failed(error="ValueError at whisper.py:10"),
        DoneTogether(answers=(Refused(reason=DeadLetterReason.RECORDING_CORRUPT, detail="no audio stream"),)),
    ],
)
def test_replies_survive_the_pipe(reply):
    assert decode_reply(encode(reply)) == reply


def test_the_setup_survives_the_pipe():
    setup = Setup(engine="module:factory", arguments={"cpu_threads": 2, "folder": "/m"})

    assert decode_setup(encode(setup)) == setup
