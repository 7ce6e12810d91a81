import asyncio
import contextlib
import os
import signal

import psutil
import pytest

from schemas.records.terms import DeadLetterReason, Role
from streams.asr_child import AsrChild, AsrCrashed, AsrTimeout
from streams.recordings import RecordingRejected


@pytest.fixture
def child_of():
    """Children that are gone when the test is, whatever happened to them."""

    @contextlib.asynccontextmanager
    async def running(options):
        child = AsrChild(options)
        try:
            yield child
        finally:
            await child.close()

    return running


def process_that_heard(transcribed):
    return int(next(transcribed.transcript.turns()).text.removeprefix("p"))


async def test_a_job_comes_back_as_a_transcript(child_of, options, job, recording):
    async with child_of(options()) as child:
        info = await child.start()

        heard = await child.hear(*job(recording))

    assert info.name == "scripted"
    assert [turn.party for turn in heard.transcript.turns()] == [Role.AGENT, Role.CUSTOMER]
    assert heard.recordings[0].duration_ms == pytest.approx(1_000, abs=5)
    assert process_that_heard(heard) != os.getpid()


async def test_jobs_follow_each_other_in_one_process(child_of, options, job, recording):
    async with child_of(options()) as child:
        heard = await asyncio.gather(*(child.hear(*job(recording)) for _ in range(3)))

    assert len({process_that_heard(one) for one in heard}) == 1


async def test_audio_that_is_refused_costs_no_process(child_of, options, job, recording):
    async with child_of(options()) as child:
        await child.start()
        before = child.pid

        with pytest.raises(RecordingRejected) as refused:
            await child.hear(*job(b"RIFF\x24\x00\x00\x00WAVEfmt "))

        assert refused.value.reason is DeadLetterReason.RECORDING_CORRUPT
        assert process_that_heard(await child.hear(*job(recording))) == before


async def test_an_exception_is_reported_by_type_and_place_without_its_text(child_of, options, job, recording):
    async with child_of(options()) as child:
        with pytest.raises(AsrCrashed, match=r"^RuntimeError at scripted_engines.py:\d+$"):
            await child.hear(*job(recording, "raise"))

        assert (await child.hear(*job(recording))).transcript is not None


async def test_a_crash_is_an_error_and_the_next_job_gets_a_fresh_process(child_of, options, job, recording):
    async with child_of(options()) as child:
        await child.start()
        before = child.pid

        with pytest.raises(AsrCrashed, match=f"exit code -{int(signal.SIGSEGV)}"):
            await child.hear(*job(recording, "crash"))

        assert process_that_heard(await child.hear(*job(recording))) != before


async def test_a_process_that_is_killed_between_jobs_is_replaced(child_of, options, job, recording):
    async with child_of(options()) as child:
        await child.start()
        killed = psutil.Process(child.pid)
        killed.kill()
        while killed.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)

        assert process_that_heard(await child.hear(*job(recording))) != killed.pid


async def test_a_hanging_job_is_killed_at_its_deadline(child_of, options, job, recording):
    async with child_of(options(floor_seconds=0.5, seconds_per_audio_second=0.1)) as child:
        await child.start()
        hanging = psutil.Process(child.pid)

        with pytest.raises(AsrTimeout):
            await child.hear(*job(recording, "hang"))

        assert not hanging.is_running()


async def test_a_process_that_eats_memory_is_killed(child_of, options, job, recording):
    async with child_of(options(max_rss_bytes=700 << 20)) as child:
        with pytest.raises(AsrCrashed, match="too much memory"):
            await child.hear(*job(recording, "eat"))


async def test_cancelling_kills_the_process(child_of, options, job, recording):
    async with child_of(options()) as child:
        await child.start()
        hanging = psutil.Process(child.pid)
        task = asyncio.create_task(child.hear(*job(recording, "hang")))
        await asyncio.sleep(0.5)

        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert not hanging.is_running()
        assert (await child.hear(*job(recording))).transcript is not None


async def test_closing_ends_the_process(options):
    child = AsrChild(options())
    await child.start()
    process = psutil.Process(child.pid)

    await child.close()

    assert not process.is_running()


async def test_an_engine_that_does_not_load_is_a_crash(child_of, options):
    async with child_of(options("refusing")) as child:
        with pytest.raises(AsrCrashed, match="ValueError"):
            await child.start()


async def test_an_engine_that_loads_for_ever_is_a_timeout(child_of, options):
    async with child_of(options("slow", start_seconds=2.0)) as child:
        with pytest.raises(AsrTimeout):
            await child.start()
