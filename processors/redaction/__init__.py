"""Masking of personal data, the same for calls, chats and self-service.

Masked are identity numbers, bank cards, telephones, e-mail addresses, plates, passports, verification
codes, house numbers with their street and long numbers that the conversation calls an account or a number,
whether written or spoken, with fillers inside or split over turns. Names and dates of birth in words are
not recognised by this version. Masked data leaves no trace here but its kind and its place, and, where the
policy says so, the last four characters of a long number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from msgspec import Struct

from processors.language.script import in_place
from processors.redaction.addresses import addresses
from processors.redaction.dictated import dictated_numbers
from processors.redaction.echoes import echoes
from processors.redaction.numbers import Find, find_numbers
from processors.redaction.patterns import blanked, matches, without_amounts
from processors.redaction.policy import PLACEHOLDERS, REDACTION_VERSION, MaskStyle, RedactionPolicy
from schemas.records.terms import Entity

__all__ = [
    "PLACEHOLDERS",
    "REDACTION_VERSION",
    "MaskStyle",
    "Redacted",
    "RedactionPolicy",
    "Span",
    "redact",
    "redact_text",
]

_Place = tuple[int, int, Entity]
_Mask = tuple[int, int, Entity, str]
_DEFAULT = RedactionPolicy()


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


def redact(
    turns: Sequence[str],
    parties: Sequence[Hashable] | None = None,
    policy: RedactionPolicy = _DEFAULT,
) -> list[Redacted]:
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
    masks: list[list[_Mask]] = []
    remaining: list[str] = []
    for turn, text in zip(turns, conversation, strict=True):
        found = _patterns(text)
        masks.append([(start, end, entity, _mark(turn[start:end], entity)) for start, end, entity in found])
        remaining.append(without_amounts(blanked(text, found)))
    own: dict[Hashable, list[int]] = defaultdict(list)
    for index, speaker in enumerate(speakers):
        own[speaker].append(index)
    finds = [find for indexes in own.values() for find in find_numbers(remaining, indexes, conversation)]
    for find in finds:
        *earlier, (turn_index, start, end) = find.parts
        for index, first, last in earlier:
            masks[index].append((first, last, find.entity, policy.placeholder(find.entity, "")))
        masks[turn_index].append((start, end, find.entity, policy.placeholder(find.entity, find.value)))
    for index, start, end, entity in echoes(_without(remaining, finds), finds):
        masks[index].append((start, end, entity, PLACEHOLDERS[entity]))
    return [
        _masked(turn, sorted(mask for mask in found if mask[2] not in policy.keep))
        for turn, found in zip(turns, masks, strict=True)
    ]


def redact_text(text: str) -> str:
    """One text on its own, masked by the default policy."""
    return redact([text])[0].text


def _patterns(text: str) -> list[_Place]:
    found = matches(text)
    found = sorted([*found, *dictated_numbers(blanked(text, found))])
    return sorted([*found, *addresses(blanked(text, found))])


def _without(turns: Sequence[str], finds: Sequence[Find]) -> list[str]:
    left = list(turns)
    for find in finds:
        for turn, start, end in find.parts:
            left[turn] = blanked(left[turn], [(start, end, find.entity)])
    return left


def _mark(raw: str, entity: Entity) -> str:
    """What was masked upstream in our writing stays as it is."""
    return raw if raw.startswith("[") else PLACEHOLDERS[entity]


def _masked(raw: str, masks: Sequence[_Mask]) -> Redacted:
    pieces: list[str] = []
    spans: list[Span] = []
    offsets: list[int] = []
    length = last = 0
    for start, end, entity, placeholder in masks:
        pieces.append(raw[last:start])
        offsets.extend(range(length, length + start - last))
        length += start - last
        spans.append(Span(length, length + len(placeholder), entity, start, end))
        pieces.append(placeholder)
        offsets.extend([length] * (end - start))
        length += len(placeholder)
        last = end
    pieces.append(raw[last:])
    offsets.extend(range(length, length + len(raw) - last + 1))
    return Redacted("".join(pieces), tuple(spans), tuple(offsets))
