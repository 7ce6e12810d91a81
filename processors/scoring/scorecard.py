"""The scorecard: which rules cost or earn an agent how much, and what must be told to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from schemas.identity import content_hash
from schemas.records.terms import AlertKind, Channel

SERVICE_SCORECARD = Path(__file__).parent / "scorecards" / "service.yaml"


class ScorecardError(ValueError):
    """A scorecard that cannot be used; the message names the place and what is wrong there."""


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """What a reader sees, in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The English name for a language tag that begins with ``en``, else the Chinese one."""
        return self.en if language.lower().startswith("en") else self.zh


class Needs(Struct, frozen=True, forbid_unknown_fields=True):
    """Precondition of an item. Where it is not met the item is NOT_APPLICABLE.

    ``any_hit``: at least one of these rules hit on the leg. ``channels``: the interaction's channel.
    """

    any_hit: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the scorecard, answered from the verdicts of ``rules``.

    A weighted item fails when a rule hits and loses ``deducts[rule]`` points of ``weight`` (all of it where
    the rule is not named there). A ``red_line`` sets the score to zero. ``bonus`` is added on a hit.
    ``full_service`` items are asked only of interactions long enough to hold a whole service.
    """

    id: str
    name: Name
    rules: tuple[str, ...]
    weight: float = 0.0
    deducts: dict[str, float] = {}
    bonus: float = 0.0
    red_line: bool = False
    full_service: bool = False
    needs: Needs = Needs()


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of items that are reported together."""

    id: str
    name: Name
    items: tuple[Item, ...]


class Eligibility(Struct, frozen=True, forbid_unknown_fields=True):
    """What a full service takes at least (metrics 3.15)."""

    min_service_ms: int = 30_000
    min_turns: int = 3


class Definition(Struct, frozen=True, forbid_unknown_fields=True):
    """The file as written. ``review``: rules whose doubt needs a person although no item asks them."""

    id: str
    version: str
    name: Name
    sections: tuple[Section, ...]
    eligibility: Eligibility = Eligibility()
    alerts: dict[str, AlertKind] = {}
    review: tuple[str, ...] = ()


class Scorecard(Struct, frozen=True):
    """A checked scorecard. ``hash`` covers its meaning, not its comments or layout."""

    definition: Definition
    hash: str

    @property
    def id(self) -> str:
        """Name under which scorecards of all versions belong together."""
        return self.definition.id

    @property
    def version(self) -> str:
        """The author's own label of this version."""
        return self.definition.version

    def items(self) -> Iterator[tuple[Section, Item]]:
        """Every item with its section, in the order of the file."""
        for section in self.definition.sections:
            for item in section.items:
                yield section, item

    @property
    def rule_ids(self) -> frozenset[str]:
        """Every rule the scorecard refers to; a rule set that lacks one leaves its items unasked."""
        asked = {rule for _, item in self.items() for rule in (*item.rules, *item.needs.any_hit)}
        return frozenset(asked | set(self.definition.alerts) | set(self.definition.review))


def load_scorecard(path: Path = SERVICE_SCORECARD) -> Scorecard:
    """Read and check a scorecard file.

    Raises:
        ScorecardError: not readable, not YAML, or not a usable scorecard; the message begins with the path.
    """
    try:
        return parse_scorecard(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ScorecardError) as error:
        raise ScorecardError(f"{path}: {error}") from error


def parse_scorecard(text: str) -> Scorecard:
    """Check a scorecard given as YAML text.

    Raises:
        ScorecardError: not YAML, or not a usable scorecard.
    """
    try:
        definition = msgspec.convert(yaml.load(text, Loader=_StrictLoader), Definition)  # noqa: S506
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ScorecardError(str(error)) from error
    if faults := list(_faults(definition)):
        raise ScorecardError("; ".join(faults))
    return Scorecard(definition=definition, hash=content_hash(definition))


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML that refuses a key written twice instead of keeping the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
        if repeated := [key for key, count in keys.items() if count > 1]:
            raise yaml.constructor.ConstructorError(
                None, None, f"written twice: {repeated[0]}", node.start_mark
            )
        return super().construct_mapping(node, deep)


def _faults(definition: Definition) -> Iterator[str]:
    items = [item for section in definition.sections for item in section.items]
    if not items:
        yield "a scorecard needs at least one item"
    for kind, ids in (("section", [s.id for s in definition.sections]), ("item", [i.id for i in items])):
        for repeated in sorted(name for name, count in Counter(ids).items() if count > 1):
            yield f"{kind} {repeated}: the id is used twice"
    for item in items:
        for fault in _item_faults(item):
            yield f"item {item.id}: {fault}"


def _item_faults(item: Item) -> Iterator[str]:
    if not item.rules:
        yield "names no rule"
    if [item.weight > 0, item.bonus > 0, item.red_line].count(True) != 1:
        yield "is exactly one of weighted (weight > 0), bonus (bonus > 0) or red_line"
    if item.weight < 0 or item.bonus < 0:
        yield "weight and bonus are not negative"
    for rule, points in item.deducts.items():
        if rule not in item.rules:
            yield f"deducts for {rule}, which is not one of its rules"
        if not 0 < points <= item.weight:
            yield f"deducts {points:g} for {rule}; more than 0 and at most the weight {item.weight:g}"
