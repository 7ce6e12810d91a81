"""Activated rules as people read them: which there are, what each says, and what an activation changes.

Works on the texts as they were stored, so that rules of an older release can be read as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from msgspec import Struct

from sinks.activations import RuleFile

_UNTOLD = frozenset({"examples", "description"})
"""Parts of a rule that decide no verdict."""


class RuleLine(Struct, frozen=True, kw_only=True):
    """One rule in one language, and what the scorecard does with it."""

    rule_id: str
    version: str
    language: str
    kind: str
    name: Mapping[str, str]
    effect: tuple[str, ...] = ()


class RuleChange(Struct, frozen=True, kw_only=True):
    """What differs from one activation to the next: ``change`` is added, removed or changed."""

    file: str
    change: str
    part: str
    name: str


def rule_lines(rulesets: Sequence[RuleFile], scorecard: RuleFile) -> list[RuleLine]:
    """Every rule of every language, in the order of the files."""
    effects = _effects(scorecard)
    return [
        RuleLine(
            rule_id=rule["id"],
            version=str(rule["version"]),
            language=file.language,
            kind=rule["kind"],
            name=rule["name"],
            effect=tuple(effects.get(rule["id"], ())),
        )
        for file in rulesets
        for rule in yaml.safe_load(file.text).get("rules", ())
    ]


def rule_text(rulesets: Sequence[RuleFile], rule_id: str, language: str) -> str | None:
    """The rule as YAML, as it was activated; None where this language has no such rule."""
    for file in rulesets:
        if file.language == language:
            for rule in yaml.safe_load(file.text).get("rules", ()):
                if rule["id"] == rule_id:
                    return str(yaml.safe_dump(rule, allow_unicode=True, sort_keys=False, width=100))
    return None


def changes(before: Sequence[RuleFile], after: Sequence[RuleFile]) -> list[RuleChange]:
    """What decides verdicts or scores otherwise after an activation, by file and part."""
    known = {file.id: file for file in before}
    wanted = {file.id: file for file in after}
    found: list[RuleChange] = []
    for name in sorted(known.keys() | wanted.keys()):
        one, other = known.get(name), wanted.get(name)
        if one is None or other is None:
            change = "added" if one is None else "removed"
            found.append(RuleChange(file=name, change=change, part="file", name=name))
        elif one.hash != other.hash:
            found += _changes_within(name, _parts(one.text), _parts(other.text))
    return found


def _changes_within(
    file: str, before: Mapping[tuple[str, str], Any], after: Mapping[tuple[str, str], Any]
) -> Iterator[RuleChange]:
    for key in sorted(before.keys() | after.keys()):
        if key not in before or key not in after:
            change = "added" if key not in before else "removed"
        elif before[key] != after[key]:
            change = "changed"
        else:
            continue
        yield RuleChange(file=file, change=change, part=key[0], name=key[1])


def _parts(text: str) -> dict[tuple[str, str], Any]:
    """What can differ on its own: rules and scorecard items by id, everything else by its key."""
    parts: dict[tuple[str, str], Any] = {}
    for key, value in yaml.safe_load(text).items():
        if key == "rules":
            for rule in value:
                told = {name: part for name, part in rule.items() if name not in _UNTOLD}
                parts["rule", rule["id"]] = told
        elif key == "sections":
            for section in value:
                for item in section["items"]:
                    parts["item", item["id"]] = {**item, "section": section["id"]}
        elif key not in _UNTOLD:
            parts["setting", key] = value
    return parts


def _effects(scorecard: RuleFile) -> dict[str, list[str]]:
    """By rule, what the scorecard does when it hits."""
    card = yaml.safe_load(scorecard.text)
    effects: dict[str, list[str]] = {}
    for section in card["sections"]:
        for item in section["items"]:
            for rule_id in item["rules"]:
                effects.setdefault(rule_id, []).append(_effect(item, rule_id))
    for rule_id, kind in card.get("alerts", {}).items():
        effects.setdefault(rule_id, []).append(f"预警 {kind}")
    for rule_id in card.get("review", ()):
        effects.setdefault(rule_id, []).append("存疑时复核 review when in doubt")
    return effects


def _effect(item: Mapping[str, Any], rule_id: str) -> str:
    if item.get("red_line"):
        return "红线 score 0"
    if item.get("bonus"):
        return f"+{item['bonus']:g}"
    weight = item.get("weight", 0)
    return f"-{item.get('deducts', {}).get(rule_id, weight):g} / {weight:g}"
