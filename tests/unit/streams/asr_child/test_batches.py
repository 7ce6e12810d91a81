import asyncio

import pytest
from structlog.testing import capture_logs

from streams.asr_child import AsrCrashed, AsrPool
from streams.recordings import RecordingRejected


def words(transcribed):
    return next(transcribed.transcript.turns()).text


@pytest.fixture
async def pool(options):
    """A pool whose engine hears up to three calls in one pass and says how many it heard."""
    made = AsrPool(options("together", batch_calls=3))
    yield made
    await made.close()


async def test_calls_that_wait_are_heard_together_up_to_the_limit(pool, job, recording):
    heard = await asyncio.gather(*(pool.hear(*job(recording)) for _ in range(5)))

    assert [words(one) for one in heard] == ["n3", "n3", "n3", "n2", "n2"]


async def test_a_call_that_comes_alone_is_heard_alone_at_once(pool, job, recording):
    audio_ms = []

    heard = await pool.hear(*job(recording), audio_ms.append)

    assert words(heard) == "n1"
    assert audio_ms == [2_000]


async def test_a_refused_recording_leaves_the_calls_beside_it_be(pool, job, recording):
    calls = [job(recording), job(b"RIFF\x24\x00\x00\x00WAVEfmt "), job(recording)]

    heard = await asyncio.gather(*(pool.hear(*call) for call in calls), return_exceptions=True)

    assert isinstance(heard[1], RecordingRejected)
    assert [words(heard[0]), words(heard[2])] == ["n2", "n2"]


@pytest.mark.parametrize("act", ["crash", "raise"])
async def test_after_a_crash_each_call_is_heard_alone_and_only_one_is_to_blame(pool, job, recording, act):
    calls = [job(recording), job(recording, act), job(recording)]

    with capture_logs():
        heard = await asyncio.gather(*(pool.hear(*call) for call in calls), return_exceptions=True)

    assert isinstance(heard[1], AsrCrashed)
    assert [words(heard[0]), words(heard[2])] == ["n1", "n1"]


async def test_a_cancelled_call_does_not_take_the_calls_beside_it_along(pool, job, recording):
    hanging = asyncio.create_task(pool.hear(*job(recording, "hang")))
    beside = asyncio.create_task(pool.hear(*job(recording)))
    done, _ = await asyncio.wait([beside], timeout=2)

    hanging.cancel()

    assert not done
    assert words(await asyncio.wait_for(beside, 60)) == "n1"
    with pytest.raises(asyncio.CancelledError):
        await hanging


async def test_a_call_that_is_cancelled_while_it_waits_is_not_heard(pool, job, recording):
    calls = [asyncio.create_task(pool.hear(*job(recording))) for _ in range(4)]
    await asyncio.sleep(0)
    calls[1].cancel()

    heard = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(heard[1], asyncio.CancelledError)
    assert [words(heard[n]) for n in (0, 2, 3)] == ["n3", "n3", "n3"]


async def test_an_engine_that_hears_one_call_at_a_time_is_given_several_all_the_same(options, job, recording):
    pool = AsrPool(options(batch_calls=3))
    try:
        heard = await asyncio.gather(*(pool.hear(*job(recording)) for _ in range(3)))
    finally:
        await pool.close()

    assert len({words(one) for one in heard}) == 1
