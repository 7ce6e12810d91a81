"""What hearing costs: ``python -m streams.bench.voice``.

One run, one process, the same model and the same demo calls, in turns: the parts of the stage, callqa's way
beside faster-whisper called for each channel, memory after N and 2N calls, hot words that nobody said.

faster-whisper is called in several ways: as it comes it repeats itself on some channels and draws lots to get
out, which takes most of its time; kept from both, it is fast and loses much.
"""

from __future__ import annotations

import os
import platform
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import numpy as np
import psutil
import typer
from msgspec import Struct

from processors.language.lexicon import Lexicon, load_lexicon
from processors.transcript import SourceCoordinates, header_of
from processors.transcription import Audio, HeardBy, Hearer, Listened, conclude, listen
from processors.transcription.engine import SAMPLE_RATE_HZ, ChannelSpeech, Heard, Samples, Span
from schemas.records.terms import Role
from streams.evaluation import Accuracy, EvaluatedCall, load_manifest
from streams.evaluation.accuracy import accuracy_of
from streams.evaluation.alignment import align
from streams.evaluation.hearing import load_audio
from streams.evaluation.insertions import added_terms
from streams.evaluation.normaliser import characters
from streams.hot_words import BUDGET_CHARACTERS, hearing_options
from streams.listening import local_event
from streams.readers import readers
from streams.settings import PROJECT, Settings

PLAIN_WAYS: Mapping[str, Mapping[str, Any]] = {
    "faster-whisper as it comes": {},
    "faster-whisper, windows apart": {"condition_on_previous_text": False},
    "faster-whisper, windows apart, no lots": {"condition_on_previous_text": False, "temperature": 0.0},
}
"""Options of ``WhisperModel.transcribe`` beside language, beam, voice activity, hot words and word times."""

_NOISE_SECONDS = 20
_SEED = 20_261_123


class Stopwatch:
    """Seconds by name, of everything run through ``timed``."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.cpu_seconds: dict[str, float] = defaultdict(float)

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        """Run and count it."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.seconds[name] += time.perf_counter() - wall
        self.cpu_seconds[name] += time.process_time() - cpu
        return result


class TimedHearer:
    """The engine and the detector of one hearer, with the time that each takes."""

    def __init__(self, hearer: Hearer, watch: Stopwatch) -> None:
        self._hearer = hearer
        self._watch = watch
        self.info = hearer.engine.info

    def hear(self, channels: Sequence[ChannelSpeech], language: str | None, hot_words: str) -> Heard:
        """As ``Engine.hear``."""
        heard: Heard = self._watch.timed(
            "model", lambda: self._hearer.engine.hear(channels, language, hot_words)
        )
        return heard

    def intervals(self, samples: Samples) -> tuple[Span, ...]:
        """As ``SpeechDetector.intervals``."""
        spans: tuple[Span, ...] = self._watch.timed(
            "activity", lambda: self._hearer.detector.intervals(samples)
        )
        return spans


class Bench(Struct, frozen=True):
    """What all measurements share."""

    hearer: Hearer
    plain: Any
    lexicon: Lexicon
    watch: Stopwatch

    def hear(self, one: EvaluatedCall) -> tuple[Listened, tuple[Audio, ...]]:
        """One call through the whole stage, each part timed."""
        timed = TimedHearer(self.hearer, self.watch)
        hearer = Hearer(engine=timed, detector=timed, readers=self.hearer.readers)
        event = local_event(one.call)
        options = hearing_options({"zh": self.lexicon}, "zh", one.call.queue)
        audio: tuple[Audio, ...] = self.watch.timed("fetch and decode", lambda: load_audio(one.call))
        listened: Listened = self.watch.timed("listen", lambda: listen(event, audio, hearer, options))
        header = header_of(event, SourceCoordinates(topic="", partition=0, offset=0, timestamp_ms=0))
        by = HeardBy(info=timed.info, options=options, readers=hearer.readers)
        self.watch.timed(
            "measures, redaction, readings", lambda: conclude(event, header, audio, listened, by)
        )
        return listened, audio

    def plainly(self, way: str, one: EvaluatedCall, audio: Sequence[Audio]) -> dict[Role, str]:
        """The same channels through ``WhisperModel.transcribe``, one after the other, with word times."""
        told = {
            "language": "zh",
            "beam_size": 5,
            "vad_filter": True,
            "word_timestamps": True,
            "hotwords": self.lexicon.hot_words(one.call.queue, BUDGET_CHARACTERS),
            **PLAIN_WAYS[way],
        }

        def text(samples: Samples) -> str:
            # A generator: the work is done while it is read.
            segments, _ = self.plain.transcribe(samples, **told)
            return "".join(segment.text for segment in segments)

        return {
            role: self.watch.timed(way, partial(text, row))
            for recording in audio
            for role, row in zip(recording.roles, recording.samples, strict=True)
        }


def voice(
    calls: Annotated[int, typer.Option(min=1, max=16, help="How many demo calls.")] = 6,
    threads: Annotated[int, typer.Option(help="Threads of one recognition.")] = 2,
    turbo_shape: Annotated[
        bool,
        typer.Option("--turbo-shape", help="Also a random model of large-v3-turbo's size: minutes, 2 GB."),
    ] = False,
) -> None:
    """Measure, and print ratios with the machine they were taken on."""
    from rich.table import Table

    from streams.cli.console import console

    bench = _bench(threads)
    chosen = load_manifest(PROJECT / "infra" / "demo" / "asr.yaml")[:calls]
    _, first = bench.hear(chosen[0])
    bench.plainly(next(iter(PLAIN_WAYS)), chosen[0], first)
    bench.watch.seconds.clear()
    bench.watch.cpu_seconds.clear()
    ours, added, audio_ms = Accuracy(), Counter[str](), 0
    theirs = dict.fromkeys(PLAIN_WAYS, Accuracy())
    memory: list[int] = []
    for one in chosen:
        listened, audio = bench.hear(one)
        said, heard = _said(one), _heard(listened)
        ours += _accuracy(said, heard)
        for way in PLAIN_WAYS:
            theirs[way] += _accuracy(said, bench.plainly(way, one, audio))
        added += added_terms(one.turns, listened, {"zh": bench.lexicon})
        audio_ms += sum(recording.duration_ms * len(recording.samples) for recording in audio)
    wall, cpu = dict(bench.watch.seconds), dict(bench.watch.cpu_seconds)
    for _ in range(2):
        memory.append(_rss_after(bench, chosen))
    table = Table(
        "measure", "value", title=f"{platform.machine()}, {os.cpu_count()} cores, {threads} threads"
    )
    for name, value in _rows(wall, cpu, audio_ms):
        table.add_row(name, value)
    for name, accuracy in {"callqa": ours, **theirs}.items():
        table.add_row(f"CER {name}", f"{accuracy.rate or 0:.1%}")
    table.add_row("domain words nobody said, of the calls", _listed(added))
    table.add_row("words on noise, music, silence, tone", _listed(_phantoms(bench)))
    table.add_row(
        f"memory after {calls * 2} / {calls * 3} calls", " / ".join(f"{rss >> 20} MiB" for rss in memory)
    )
    for name, value in _turbo_shape(bench, chosen[0], threads) if turbo_shape else ():
        table.add_row(name, value)
    console().print(table)


def _turbo_shape(bench: Bench, one: EvaluatedCall, threads: int) -> Iterable[tuple[str, str]]:
    from streams.bench.turbo_shape import speed_of_turbo_shape
    from streams.models import check

    settings = Settings()
    base = check(settings.model, settings.model_dir).folder
    return speed_of_turbo_shape(base, load_audio(one.call), bench.hearer.detector, threads, _SEED)


def _bench(threads: int) -> Bench:
    from faster_whisper import WhisperModel

    from processors.transcription.activity import VoiceActivity
    from processors.transcription.whisper import WhisperEngine, WhisperOptions
    from streams.models import check

    settings = Settings()
    files = check(settings.model, settings.model_dir)
    engine = WhisperEngine(files, WhisperOptions(cpu_threads=threads, compute_type=settings.compute_type))
    plain = WhisperModel(
        str(files.folder), device="cpu", compute_type=settings.compute_type, cpu_threads=threads
    )
    hearer = Hearer(engine=engine, detector=VoiceActivity(), readers=readers())
    return Bench(hearer, plain, load_lexicon("zh"), Stopwatch())


def _rows(wall: Mapping[str, float], cpu: Mapping[str, float], audio_ms: int) -> Iterable[tuple[str, str]]:
    yield "audio over all channels", f"{audio_ms / 1000:.0f} s"
    for clock, seconds in (("wall", wall), ("CPU", cpu)):
        stage = seconds["fetch and decode"] + seconds["listen"] + seconds["measures, redaction, readings"]
        yield f"{clock} s an audio second, callqa", f"{stage * 1000 / audio_ms:.4f}"
        for way in PLAIN_WAYS:
            plain = seconds[way]
            beside = f"{plain / stage:.2f}x callqa's"
            yield f"{clock} s an audio second, {way}", f"{plain * 1000 / audio_ms:.4f}, {beside}"
    model, activity = cpu["model"], cpu["activity"]
    rest = {
        "fetch and decode": cpu["fetch and decode"],
        "turns": cpu["listen"] - model - activity,
        "measures, redaction, readings": cpu["measures, redaction, readings"],
    }
    yield "CPU: stage over model and voice activity", f"{sum(rest.values()) / (model + activity):.1%}"
    for name, taken in {"model": model, "voice activity": activity, **rest}.items():
        yield f"  {name}", f"{taken * 3_600_000 / audio_ms:.1f} CPU s an hour of audio"


def _said(one: EvaluatedCall) -> dict[Role, str]:
    texts: dict[Role, str] = defaultdict(str)
    for turn in one.turns:
        texts[turn.role] += turn.text + ","
    return texts


def _heard(listened: Listened) -> dict[Role, str]:
    texts: dict[Role, str] = defaultdict(str)
    for turn in listened.turns:
        texts[turn.party] += turn.text
    return texts


def _accuracy(said: Mapping[Role, str], heard: Mapping[Role, str]) -> Accuracy:
    return sum(
        (
            accuracy_of(step.edit for step in align(characters(text), characters(heard.get(role, ""))))
            for role, text in said.items()
        ),
        start=Accuracy(),
    )


def _phantoms(bench: Bench) -> Counter[str]:
    """What is heard where nobody speaks, with the hot words in the prompt."""
    dice = np.random.default_rng(_SEED)
    length = _NOISE_SECONDS * SAMPLE_RATE_HZ
    at = np.arange(length) / SAMPLE_RATE_HZ
    chord = [np.sin(2 * np.pi * pitch * at) for pitch in (261.6, 329.6, 392.0)]
    sounds = {
        "noise": dice.normal(0, 0.05, length),
        "music": 0.1 * np.sum(chord, axis=0) * (0.6 + 0.4 * np.sin(2 * np.pi * 2 * at)),
        "silence": np.zeros(length),
        "tone": 0.2 * np.sin(2 * np.pi * 425 * at),
    }
    found: Counter[str] = Counter()
    for name, sound in sounds.items():
        samples = sound.astype(np.float32)
        speech = bench.hearer.detector.intervals(samples)
        channel = ChannelSpeech(samples=samples, speech=speech)
        heard = bench.hearer.engine.hear([channel], "zh", bench.lexicon.hot_words(None, BUDGET_CHARACTERS))
        found[name] += sum(len(one.words) for one in heard.channels)
    return +found


def _rss_after(bench: Bench, chosen: Sequence[EvaluatedCall]) -> int:
    for one in chosen:
        bench.hear(one)
    return int(psutil.Process().memory_info().rss)


def _listed(counts: Counter[str]) -> str:
    listed = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    return f"{counts.total()}: {listed}" if listed else "0"


if __name__ == "__main__":
    typer.run(voice)
