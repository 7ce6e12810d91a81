"""Which recordings are evaluated, and what was really said in them.

A manifest is YAML::

    audio: audio               # folder of the recordings, relative to the manifest
    truth: truth.json          # {call id: [turn, ...]}; or `turns` or `text` in the call itself
    calls:
      - id: v01
        recordings: [{file: v01.opus, roles: [agent, customer]}]
        language: zh-CN
        queue: billing
        agent: "1027"
        turns: [{role: agent, start_ms: 1289, end_ms: 6469, text: 您好}]
        text: {agent: 您好..., customer: ...}

Times are optional; without them neither word times nor speed are measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml
from msgspec import Struct

from schemas.records.terms import Role
from streams.listening import LocalCall, RecordingFile

Shape = TypeVar("Shape")


class ManifestError(ValueError):
    """A manifest that cannot be used; the message names the file and the place."""


class ReferenceTurn(Struct, frozen=True, kw_only=True):
    """What one party really said, with its time from the start of the recording where it is known."""

    role: Role
    text: str
    start_ms: int | None = None
    end_ms: int | None = None

    @property
    def length_ms(self) -> int | None:
        """Duration, None where a time is unknown."""
        if self.start_ms is None or self.end_ms is None:
            return None
        return self.end_ms - self.start_ms


class EvaluatedCall(Struct, frozen=True, kw_only=True):
    """A call and its true words, in time order as far as times are known."""

    call: LocalCall
    turns: tuple[ReferenceTurn, ...]


class _Turn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    role: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


class _Recording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    file: str
    roles: tuple[str, ...] = ("agent", "customer")
    started_at: int | None = None


class _Call(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    recordings: tuple[_Recording, ...]
    language: str | None = None
    queue: str | None = None
    agent: str = "agent"
    turns: tuple[_Turn, ...] = ()
    text: dict[str, str] = {}


class _Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    audio: str = "."
    truth: str | None = None
    calls: tuple[_Call, ...]


def load_manifest(path: Path) -> tuple[EvaluatedCall, ...]:
    """Every call of a manifest. Raises ``ManifestError``, also for a call without any reference."""
    manifest = _read(path, _Manifest)
    truth: Mapping[str, tuple[_Turn, ...]] = {}
    if manifest.truth is not None:
        truth = _read(path.parent / manifest.truth, dict[str, tuple[_Turn, ...]])
    if not manifest.calls:
        raise ManifestError(f"{path}: no calls")
    folder = path.parent / manifest.audio
    try:
        return tuple(_evaluated(call, truth, folder) for call in manifest.calls)
    except ValueError as error:
        raise ManifestError(f"{path}: {error}") from None


def _evaluated(call: _Call, truth: Mapping[str, tuple[_Turn, ...]], folder: Path) -> EvaluatedCall:
    turns = call.turns or tuple(_Turn(role=role, text=text) for role, text in call.text.items())
    turns = turns or truth.get(call.id, ())
    if not turns:
        raise ValueError(f"call {call.id} has no reference: neither turns nor text nor an entry in truth")
    if not call.recordings:
        raise ValueError(f"call {call.id} has no recordings")
    recordings = tuple(
        RecordingFile(path=folder / one.file, roles=tuple(map(_role, one.roles)), started_at=one.started_at)
        for one in call.recordings
    )
    references = [
        ReferenceTurn(role=_role(turn.role), text=turn.text, start_ms=turn.start_ms, end_ms=turn.end_ms)
        for turn in turns
    ]
    return EvaluatedCall(
        call=LocalCall(
            id=call.id, recordings=recordings, language=call.language, queue=call.queue, agent=call.agent
        ),
        turns=tuple(sorted(references, key=lambda turn: turn.start_ms or 0)),
    )


def _role(name: str) -> Role:
    try:
        return Role(name.upper())
    except ValueError:
        known = ", ".join(role.value.lower() for role in Role)
        raise ValueError(f"role {name!r} is none of {known}") from None


def _read(path: Path, shape: type[Shape]) -> Shape:
    try:
        # JSON is YAML too.
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return msgspec.convert(content, shape)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise ManifestError(f"{path}: {error}") from error
