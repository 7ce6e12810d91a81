"""The voice lane: what is fetched, heard, put off, excluded or set aside, with a scripted recogniser."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from processors.transcription.engine import EngineInfo
from processors.transcription.hearing import HearingOptions
from schemas.records.completed import Recording
from schemas.records.terms import Consent, DeadLetterReason, Disposition, ExclusionReason, Role
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import COMPLETED, DEFERRED, TRANSCRIBED
from streams.asr_child import AsrCrashed, AsrTimeout, HearJob
from streams.recordings import FetchedRecording, Fetcher, FetchPolicy, RecordingRejected
from streams.stages.deferral import attempt_of, due_at, origin_of
from streams.stages.outcome import Incoming, ResourceFailure, Unprocessable
from streams.stages.transcription import Hearer, Lateness, TranscriptionSteps

WAIT_MS, RETRY_MS = 1_800_000, 300_000


class Pool:
    """Stands for the recognition child: gives what it was told to give and notes what it was asked."""

    info = EngineInfo(
        name="scripted", version="1", model="m", model_sha256="0", options="", languages=("zh", "en")
    )

    def __init__(self) -> None:
        self.jobs: list[HearJob] = []
        self.files: list[FetchedRecording] = []
        self.heard: bytes = b""
        self.answer: InteractionTranscribed | Exception | None = None
        self.started = self.closed = False

    async def start(self) -> EngineInfo:
        self.started = True
        return self.info

    async def close(self) -> None:
        self.closed = True

    async def hear(
        self, job: HearJob, files: Sequence[FetchedRecording], *_: object, **__: object
    ) -> InteractionTranscribed:
        self.jobs.append(job)
        self.files += files
        self.heard += b"".join(file.file.read() for file in files)
        if isinstance(self.answer, Exception):
            raise self.answer
        assert self.answer is not None
        return replace(self.answer, header=job.header)


class Hearings:
    """A store of earlier hearings that knows what it is told."""

    def __init__(self) -> None:
        self.answer: InteractionTranscribed | None = None
        self.asked: list[HearJob] = []

    def known(self, job: HearJob) -> InteractionTranscribed | None:
        self.asked.append(job)
        return replace(self.answer, header=job.header) if self.answer else None


class Bench:
    """The stage over a folder of recordings, with a clock that stands still."""

    def __init__(self, codec, folder: Path) -> None:
        self.pool = Pool()
        self.hearings = Hearings()
        self.now_ms = 0
        hearer = Hearer(
            pool=self.pool,  # type: ignore[arg-type]
            fetcher=Fetcher(FetchPolicy(roots=(folder,))),
            hearings=self.hearings,
            options_for=lambda language, queue: HearingOptions(hot_words=f"{language} {queue}"),
        )
        self.steps = TranscriptionSteps(codec, hearer, Lateness(WAIT_MS, RETRY_MS), lambda: self.now_ms)

    async def outputs(self, record: Incoming):
        work = self.steps.admit(record)
        assert work is not None
        return await self.steps.work(record, work)


@pytest.fixture
def bench(codec, tmp_path, example) -> Bench:
    made = Bench(codec, tmp_path)
    made.pool.answer = example("InteractionTranscribed", "call")
    return made


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A second of silence on two channels."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(b"\0" * 32_000)
    path = tmp_path / "call.wav"
    path.write_bytes(target.getvalue())
    return path


@pytest.fixture
def call(example, tmp_path):
    """A call whose recording is said to lie in the test's folder."""

    def make(**changes):
        told = Recording(uri=(tmp_path / "call.wav").as_uri(), channel_roles=(Role.AGENT, Role.CUSTOMER))
        return example("InteractionCompleted", "voice", **{"recordings": (told,), **changes})

    return make


def transcribed(output, codec) -> InteractionTranscribed:
    assert output.topic == TRANSCRIBED
    found = codec.decode(output.value, InteractionTranscribed)
    assert output.key == found.header.interaction_id.encode()
    return found


async def test_a_recorded_call_is_heard_with_the_words_of_its_language_and_queue(
    bench, recording, call, arrived, codec
):
    (output,) = await bench.outputs(arrived(call(), offset=12))

    (job,) = bench.pool.jobs
    assert job.options.hot_words == "zh-CN billing"
    assert job.containers == ("wav",)
    assert bench.pool.heard == recording.read_bytes()
    assert transcribed(output, codec).header.source_offset == 12


async def test_the_private_copies_of_recordings_are_gone_after_the_work(bench, recording, call, arrived):
    await bench.outputs(arrived(call()))

    assert all(file.file.closed for file in bench.pool.files)


async def test_what_was_heard_before_is_not_heard_again(bench, recording, call, arrived, example, codec):
    bench.hearings.answer = example("InteractionTranscribed", "call")

    (output,) = await bench.outputs(arrived(call()))

    assert bench.pool.jobs == []
    assert bench.hearings.asked[0].checksums
    assert transcribed(output, codec).transcript is not None


async def test_a_call_whose_recording_is_late_waits_with_its_own_bytes(bench, call, arrived):
    event = call()
    bench.now_ms = event.ended_at + 1_000
    record = arrived(event, partition=3, offset=17, timestamp_ms=99)

    (output,) = await bench.outputs(record)

    assert (output.topic, output.key, output.value) == (DEFERRED, record.key, record.value)
    returned = Incoming(DEFERRED, 0, 1, 5, output.key, output.value, output.headers)
    assert due_at(returned) == bench.now_ms + RETRY_MS
    assert attempt_of(returned) == 1
    assert origin_of(returned) == record


async def test_a_deferred_call_is_not_before_its_time_and_points_at_its_first_place(
    bench, recording, call, arrived, codec
):
    event = call()
    bench.now_ms = event.ended_at
    recording.rename(recording.with_suffix(".later"))
    (late,) = await bench.outputs(arrived(event, partition=3, offset=17))
    returned = Incoming(DEFERRED, 0, 1, 5, late.key, late.value, late.headers)
    recording.with_suffix(".later").rename(recording)

    work = bench.steps.admit(returned)
    (output,) = await bench.steps.work(returned, work)

    assert work.not_before_ms == event.ended_at + RETRY_MS
    header = transcribed(output, codec).header
    assert (header.source_topic, header.source_partition, header.source_offset) == (COMPLETED, 3, 17)


async def test_after_its_waiting_time_a_missing_recording_is_a_dead_letter(bench, call, arrived):
    event = call()
    bench.now_ms = event.ended_at + WAIT_MS

    with pytest.raises(Unprocessable) as caught:
        await bench.outputs(arrived(event))

    assert caught.value.reason is DeadLetterReason.RECORDING_MISSING
    assert "1800 s" in caught.value.detail


async def test_one_moment_before_it_is_still_waited_for(bench, call, arrived):
    event = call()
    bench.now_ms = event.ended_at + WAIT_MS - 1

    assert [output.topic for output in await bench.outputs(arrived(event))] == [DEFERRED]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"recording_consent": Consent.DENIED}, ExclusionReason.CONSENT_DENIED),
        ({"recordings": ()}, ExclusionReason.NO_CONTENT),
        ({"language": "fr-FR"}, ExclusionReason.LANGUAGE_UNSUPPORTED),
        ({"disposition": Disposition.ABANDONED_QUEUE, "agents": ()}, ExclusionReason.NO_SERVICE),
    ],
)
async def test_a_call_that_must_not_or_cannot_be_heard_is_excluded_without_opening_its_recording(
    bench, call, arrived, codec, changes, reason
):
    (output,) = await bench.outputs(arrived(call(**changes)))

    found = transcribed(output, codec)
    assert (found.exclusion, found.transcript) == (reason, None)
    assert bench.pool.jobs == []
    assert bench.hearings.asked == []


async def test_an_address_outside_the_folders_is_refused(bench, call, arrived):
    event = call(recordings=(Recording(uri="file:///etc/passwd"),))

    with pytest.raises(Unprocessable) as caught:
        await bench.outputs(arrived(event))

    assert caught.value.reason is DeadLetterReason.RECORDING_DENIED


async def test_a_file_that_is_no_audio_is_refused(bench, recording, call, arrived):
    recording.write_bytes(b"hello, this is text")

    with pytest.raises(Unprocessable) as caught:
        await bench.outputs(arrived(call()))

    assert caught.value.reason is DeadLetterReason.RECORDING_CORRUPT


@pytest.mark.parametrize(
    ("failure", "raised", "reason"),
    [
        (AsrTimeout("late"), ResourceFailure, DeadLetterReason.ASR_TIMEOUT),
        (AsrCrashed("gone"), ResourceFailure, DeadLetterReason.ASR_CRASH),
        (
            RecordingRejected(DeadLetterReason.RECORDING_CORRUPT, "no audio stream"),
            Unprocessable,
            DeadLetterReason.RECORDING_CORRUPT,
        ),
    ],
)
async def test_each_way_in_which_recognition_fails_has_its_reason(
    bench, recording, call, arrived, failure, raised, reason
):
    bench.pool.answer = failure

    with pytest.raises(raised) as caught:
        await bench.outputs(arrived(call()))

    assert caught.value.reason is reason
    assert all(file.file.closed for file in bench.pool.files)


@pytest.mark.parametrize("case", ["chat", "self-service", "voice-with-vendor-transcript"])
def test_what_has_its_words_already_is_the_other_lanes(bench, example, arrived, case):
    assert bench.steps.admit(arrived(example("InteractionCompleted", case))) is None


@pytest.mark.parametrize("value", [None, b"no event"])
def test_what_cannot_be_decoded_is_left_to_the_text_lane(bench, arrived, value):
    assert bench.steps.admit(arrived(value)) is None


def test_a_call_that_contradicts_itself_is_left_to_the_text_lane(bench, call, arrived):
    assert bench.steps.admit(arrived(call(ended_at=1))) is None


async def test_the_model_is_loaded_when_the_stage_opens_and_let_go_when_it_closes(bench):
    await bench.steps.open()
    await bench.steps.close()

    assert (bench.pool.started, bench.pool.closed) == (True, True)
