"""The engines that come with callqa, as entry points name them.

Loading happens in the recognition child; the worker imports no model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from processors.transcription import Engine, Hearer
from processors.transcription.engine import SAMPLE_RATE_HZ, ChannelSpeech, Span
from streams.asr_child.registry import EngineEntry, EngineUnusable
from streams.models import check
from streams.readers import readers
from streams.settings import Settings

_DEVICES = ("cpu", "cuda")
# Computed everywhere; anything else is asked of the machine.
_ON_EVERY_CPU = ("int8", "float32", "default", "auto")


def whisper(*, name: str, folder: str, sha256: str, **options: Any) -> Hearer:
    """faster-whisper with the model in ``folder``; ``options`` are those of ``WhisperOptions``."""
    from processors.transcription.activity import VoiceActivity
    from processors.transcription.whisper import WhisperEngine, WhisperModelFiles, WhisperOptions

    files = WhisperModelFiles(name=name, folder=Path(folder), sha256=sha256)
    engine = WhisperEngine(files, WhisperOptions(**options))
    if options.get("device") == "cuda":
        prove(engine)
    return Hearer(engine=engine, detector=VoiceActivity(), readers=readers())


def prove(engine: Engine) -> None:
    """Hear a second of noise. A GPU whose libraries are incomplete loads a model and fails at the first word;
    it shall fail here, where no recording is to blame. Raises what the engine raises.
    """
    import numpy as np

    noise = np.random.default_rng(1).normal(0.0, 0.01, SAMPLE_RATE_HZ).astype(np.float32)
    engine.hear([ChannelSpeech(samples=noise, speech=(Span(0, 1_000),))], "en", "")


def _whisper_options(settings: Settings) -> dict[str, Any]:
    """Raises ``ModelMissing``, ``ModelCorrupt``, and ``EngineUnusable`` for a device that is not there."""
    _check_device(settings.device, settings.compute_type)
    files = check(settings.model, settings.model_dir)
    return {
        "name": files.name,
        "folder": str(files.folder),
        "sha256": files.sha256,
        "device": settings.device,
        "compute_type": settings.compute_type,
        "cpu_threads": settings.cpu_threads,
        "over_calls": settings.batch_calls > 1,
    }


def _check_device(device: str, compute_type: str) -> None:
    """Here and not in the child, whose failure to load would be waited for."""
    if device not in _DEVICES:
        raise EngineUnusable(f"device {device!r} is none of {', '.join(_DEVICES)}")
    if device == "cpu" and compute_type in _ON_EVERY_CPU:
        return
    import ctranslate2

    if device == "cuda" and not _cuda_devices():
        raise EngineUnusable(
            "device cuda: no NVIDIA GPU with its CUDA libraries is found here; use --device cpu"
        )
    supported = ctranslate2.get_supported_compute_types(device)
    if compute_type not in (*supported, "default", "auto"):
        known = ", ".join(sorted(supported))
        raise EngineUnusable(f"compute type {compute_type} does not run on {device} here; these do: {known}")


def _cuda_devices() -> int:
    import ctranslate2

    try:
        return int(ctranslate2.get_cuda_device_count())
    except RuntimeError:  # a driver without a device, or older than the libraries
        return 0


def _scripted() -> Hearer:
    from streams.chaos.scripted_engine import scripted

    return scripted()


def _http(**options: Any) -> Hearer:
    from processors.transcription.activity import VoiceActivity
    from streams.asr_child.http_engine import HttpEngine, HttpOptions

    engine = HttpEngine(HttpOptions(**options))
    return Hearer(engine=engine, detector=VoiceActivity(), readers=readers())


def _http_options(settings: Settings) -> dict[str, Any]:
    from streams.asr_child.http_engine import checked_options

    try:
        return checked_options(settings.engine_options, settings.engine_key.get_secret_value())
    except ValueError as error:
        raise EngineUnusable(f"engine http: {error}") from None


WHISPER = EngineEntry(options=_whisper_options, load=whisper)
SCRIPTED = EngineEntry(options=lambda _: {}, load=_scripted)
HTTP = EngineEntry(options=_http_options, load=_http)
