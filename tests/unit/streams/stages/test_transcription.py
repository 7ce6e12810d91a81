from pathlib import Path

import pytest

from processors.transcription import HearingOptions
from schemas.codec import Codec
from streams.asr_child import AsrPool, ChildOptions
from streams.recordings import Fetcher, FetchPolicy
from streams.stages.outcome import Unavailable
from streams.stages.transcription import Hearer, Lateness, TranscriptionSteps


class NothingHeard:
    def known(self, job: object) -> None:
        return None


async def test_an_engine_that_does_not_start_makes_records_wait_and_blames_none(tmp_path: Path):
    hearer = Hearer(
        pool=AsrPool(ChildOptions(engine="streams.chaos.scripted_engine:no_such_engine")),
        fetcher=Fetcher(FetchPolicy(roots=(tmp_path,))),
        hearings=NothingHeard(),
        options_for=lambda language, queue: HearingOptions(),
    )
    steps = TranscriptionSteps(Codec(), hearer, Lateness(wait_ms=1, retry_ms=1), lambda: 0)

    with pytest.raises(Unavailable):
        await steps.open()

    await steps.close()
