import asyncio

from streams.asr_child import AsrPool


async def test_two_children_work_at_the_same_time(options, job, recording):
    pool = AsrPool(options(), size=2)
    try:
        await pool.start()

        heard = await asyncio.gather(*(pool.hear(*job(recording)) for _ in range(4)))
    finally:
        await pool.close()

    assert len({next(one.transcript.turns()).text for one in heard}) == 2
    assert pool.info.name == "scripted"
