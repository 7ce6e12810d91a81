"""What was heard, written as its readings say it may have been: for measuring them, for nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from processors.language.readings import Reader
from processors.transcription import Listened
from processors.transcription.turns import SpokenTurn


def as_read(listened: Listened, readers: Mapping[str, Reader]) -> Listened:
    """The same call with every reading in the place of the heard words; places of words no longer hold."""
    reader = readers.get(listened.language.split("-", maxsplit=1)[0])
    if reader is None:
        return listened
    return replace(listened, turns=tuple(_read(turn, reader) for turn in listened.turns))


def _read(turn: SpokenTurn, reader: Reader) -> SpokenTurn:
    text = turn.text
    words = [(word.start, word.end, word.probability) for word in turn.words]
    for reading in reversed(reader.find_in(text, words)):
        text = text[: reading.start] + reading.phrase + text[reading.end :]
    return replace(turn, text=text)
