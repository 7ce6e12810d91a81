"""Audio for the report: the call's own recording, every masked word silenced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from streams.reports.audio import Stretch, data_uri
from streams.reports.content import Interaction
from streams.reports.queries import query


class Playback:
    """Looks up recordings and masked words once, then gives audio by interaction.

    Only files below ``roots`` are read: an address in the store must not reach other files.
    """

    def __init__(self, client: Any, roots: Sequence[Path]) -> None:
        self._roots = tuple(root.resolve() for root in roots)
        self._masked: dict[str, list[Stretch]] = {}
        for interaction_id, start_ms, end_ms in client.query(query("masked_words")).result_rows:
            self._masked.setdefault(interaction_id, []).append((start_ms, end_ms))

    def data_uri(self, interaction: Interaction) -> str | None:
        """A data URI with the audio, or None where there is no recording at hand."""
        path = self._path(interaction.recording_uri)
        if path is None:
            return None
        return data_uri(path.read_bytes(), self._masked.get(interaction.interaction_id, []))

    def _path(self, uri: str | None) -> Path | None:
        parts = urlsplit(uri or "")
        if parts.scheme != "file":
            return None
        path = Path(unquote(parts.path)).resolve()
        served = any(path.is_relative_to(root) for root in self._roots)
        return path if served and path.is_file() else None
