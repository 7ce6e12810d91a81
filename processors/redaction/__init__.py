"""Masking of personal data, the same for calls, chats and self-service.

Masked are identity numbers, bank cards, telephones, e-mail addresses, plates, passports, verification
codes and long numbers that the conversation calls an account or a number, whether written or spoken,
with fillers inside or split over turns. Names, addresses and dates of birth in words are not
recognised by this version. Masked data leaves no trace here but its kind and its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from msgspec import Struct

from processors.language.script import in_place
from processors.redaction.dictated import dictated_numbers
from processors.redaction.numbers import find_numbers
from processors.redaction.patterns import PLACEHOLDERS, blanked, matches, without_amounts
from schemas.records.terms import Entity

__all__ = ["PLACEHOLDERS", "REDACTION_VERSION", "Redacted", "Span", "redact", "redact_text"]

REDACTION_VERSION = "1"
"""Rises with every change of what is masked; part of the identity of a hearing."""

_Mask = tuple[int, int, Entity]


class Span(Struct, frozen=True):
    """A placeholder at ``[start, end)`` of the redacted text, for ``[raw_start, raw_end)`` of the raw."""

    start: int
    end: int
    entity: Entity
    raw_start: int
    raw_end: int


class Redacted(Struct, frozen=True):
    """A masked turn. ``offsets[i]`` is the place of raw character ``i`` in ``text``, the last entry its end.

    Characters that were masked map to the start of their placeholder.
    """

    text: str
    spans: tuple[Span, ...]
    offsets: tuple[int, ...]


def redact(turns: Sequence[str], parties: Sequence[Hashable] | None = None) -> list[Redacted]:
    """The turns of a conversation, in its order, with personal data replaced by placeholders.

    ``parties`` names who spoke each turn; without it all turns are one party's. A number split over
    consecutive turns of a party is recognised as one and leaves a placeholder in each of them; what the
    other party says in between is no obstacle, and its questions say what a number is. Raises
    ``ValueError`` when ``turns`` and ``parties`` differ in length.
    """
    speakers = list(parties) if parties is not None else [None] * len(turns)
    if len(speakers) != len(turns):
        raise ValueError(f"{len(turns)} turns but {len(speakers)} parties")
    conversation = [in_place(turn) for turn in turns]
    masks: list[list[_Mask]] = [_patterns(text) for text in conversation]
    remaining = [
        without_amounts(blanked(text, found)) for text, found in zip(conversation, masks, strict=True)
    ]
    own: dict[Hashable, list[int]] = defaultdict(list)
    for index, speaker in enumerate(speakers):
        own[speaker].append(index)
    for indexes in own.values():
        for find in find_numbers(remaining, indexes, conversation):
            for turn, start, end in find.parts:
                masks[turn].append((start, end, find.entity))
    return [_masked(turn, sorted(found)) for turn, found in zip(turns, masks, strict=True)]


def redact_text(text: str) -> str:
    """One text on its own, masked."""
    return redact([text])[0].text


def _patterns(text: str) -> list[_Mask]:
    found = matches(text)
    return sorted([*found, *dictated_numbers(blanked(text, found))])


def _masked(raw: str, masks: Sequence[_Mask]) -> Redacted:
    pieces: list[str] = []
    spans: list[Span] = []
    offsets: list[int] = []
    length = last = 0
    for start, end, entity in masks:
        pieces.append(raw[last:start])
        offsets.extend(range(length, length + start - last))
        length += start - last
        placeholder = PLACEHOLDERS[entity]
        spans.append(Span(length, length + len(placeholder), entity, start, end))
        pieces.append(placeholder)
        offsets.extend([length] * (end - start))
        length += len(placeholder)
        last = end
    pieces.append(raw[last:])
    offsets.extend(range(length, length + len(raw) - last + 1))
    return Redacted("".join(pieces), tuple(spans), tuple(offsets))
