"""Offset maps between a text and a copy derived from it, in code points."""

from __future__ import annotations

from msgspec import Struct


class Normalised(Struct, frozen=True):
    """A derived copy of a text and where each of its characters comes from.

    ``offsets`` has one entry more than ``text``: ``offsets[i]`` is the index in the original at which
    the source of ``text[i]`` begins, the last entry is where the source of the last character ends.
    The entries never decrease. Several characters may share a source (one ligature gives two letters).
    """

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's ``[start, end)`` that gave ``text[start:end]``.

        A part of a character that became several widens to the whole character. Raises ``IndexError``
        when the span does not lie in the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"span {start}:{end} outside a text of {len(self.text)} characters")
        first = self.offsets[start]
        if start == end:
            return first, first
        last_source = self.offsets[end - 1]
        stop = end
        while stop < len(self.text) and self.offsets[stop] == last_source:
            stop += 1
        return first, self.offsets[stop]


def unchanged(text: str) -> Normalised:
    """A copy equal to its original."""
    return Normalised(text, tuple(range(len(text) + 1)))
