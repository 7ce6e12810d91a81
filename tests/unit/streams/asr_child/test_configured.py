import asyncio
import io
import wave
from pathlib import Path

import numpy as np
import pytest

from streams.asr_child import AsrChild, AsrCrashed
from streams.asr_child.configured import configured_child
from streams.settings import SCRIPTED, Settings


@pytest.fixture
def scripted(tmp_path: Path) -> AsrChild:
    return AsrChild(configured_child(Settings(model=SCRIPTED, data_dir=tmp_path)))


def constant(level: float) -> bytes:
    """Four seconds of two channels held at one level."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(np.full((64_000, 2), level * 32767, dtype="<i2").tobytes())
    return target.getvalue()


async def test_the_scripted_engine_says_the_same_in_every_recording(scripted: AsrChild, job):
    await scripted.start()
    heard = [await scripted.hear(*job(constant(0.1 * n))) for n in (1, 2)]
    await scripted.close()

    texts = ["".join(one.transcript.turn_text) for one in heard]
    assert texts[0] == texts[1]
    assert "账单" in texts[0]
    assert heard[0].transcript.hearing.engine == "scripted"


def test_an_engine_that_hears_one_call_at_a_time_gets_one_at_a_time(tmp_path: Path):
    assert configured_child(Settings(model=SCRIPTED, data_dir=tmp_path, batch_calls=8)).batch_calls == 1


async def test_the_scripted_engine_dies_of_a_recording_at_full_scale(scripted: AsrChild, job):
    await scripted.start()

    with pytest.raises(AsrCrashed):
        await asyncio.wait_for(scripted.hear(*job(constant(1.0))), 60)

    await scripted.close()
