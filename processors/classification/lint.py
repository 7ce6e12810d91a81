"""What is legal in a rule file and still a mistake: words that can never count, twice, or far too often."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from processors.classification.conversation import Segmenter
from processors.classification.examples import Expected, parse_examples
from processors.classification.ruleset import load_ruleset, read_documents
from processors.classification.source import Cursor
from processors.language.script import is_han, normalise
from schemas.identity import content_hash
from schemas.records.terms import Channel

LEAST_EXAMPLES = 3
LEAST_LIKENESS = 0.5
MOST_DISTANCE = 30
VOICE_OPERATORS = ("gap", "interruptions", "speed", "monologue", "raised_voice")
_PHRASE_KEYS = ("said", "says_only")
_BROAD = {
    "的",
    "了",
    "好",
    "是",
    "我",
    "你",
    "您",
    "不",
    "啊",
    "嗯",
    "吗",
    "the",
    "a",
    "i",
    "you",
    "ok",
    "yes",
}


class Level(StrEnum):
    """How sure it is that somebody meant something else."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Remark:
    """One finding of the lint: where, what, and what to write instead."""

    level: Level
    check: str
    file: str
    line: int
    rule: str
    message: str


def lint(path: Path, segmenter: Segmenter) -> list[Remark]:
    """Every remark on a rule set that loads; raises ``RuleSetError`` for one that does not."""
    load_ruleset(path)
    documents = read_documents(path)
    remarks = [*_unused(documents), *_said_twice(documents), *_same_rules(documents)]
    for rule in _rules(documents):
        remarks += _examples(rule)
        for node in _conditions(rule):
            remarks += _unreachable(node)
            remarks += _contradictory(node)
            remarks += _broad(node, segmenter)
            remarks += _broad_search(node)
            remarks += _empty_part(node)
        remarks += _voiceless(rule)
    return sorted(remarks, key=lambda remark: (remark.file, remark.line, remark.check))


def _remark(level: Level, check: str, at: Cursor, message: str) -> Remark:
    return Remark(level, check, at.source.name, at.source.line(at.path), at.rule, message)


def _rules(documents: Sequence[Cursor]) -> Iterator[Cursor]:
    for document in documents:
        part = document.get("rules")
        for rule in part.items() if part else ():
            yield rule.named(rule.child("id").text())


def _conditions(cursor: Cursor) -> Iterator[Cursor]:
    """Every mapping inside a rule, its examples apart."""
    if isinstance(cursor.value, dict):
        yield cursor
        for key, child in cursor.entries():
            if key not in ("examples", "name"):
                yield from _conditions(child)
    elif isinstance(cursor.value, list):
        for child in cursor.items():
            yield from _conditions(child)


def _phrases(cursor: Cursor | None) -> list[tuple[str, Cursor]]:
    if cursor is None or isinstance(cursor.value, bool):
        return []
    members = cursor.items() if isinstance(cursor.value, list) else iter((cursor,))
    return [(normalise(str(member.value)).text, member) for member in members]


def _unreachable(node: Cursor) -> Iterator[Remark]:
    """A phrase that is voided by its own exception, or found already by a shorter one beside it."""
    excepted = [text for text, _ in _phrases(node.get("except"))]
    counted = node.has("match") or node.has("times")
    for key in _PHRASE_KEYS:
        listed = _phrases(node.get(key))
        texts = [text for text, _ in listed]
        for index, (text, at) in enumerate(listed):
            if any(word in text for word in excepted):
                yield _remark(
                    Level.ERROR, "unreachable", at, f"'{text}' holds an exception of its own condition"
                )
            if text in texts[:index]:
                yield _remark(
                    Level.WARNING, "duplicate", at, f"'{text}' stands twice in one list; remove one"
                )
            shorter = [t for t in texts if t != text and t in text and len(t) > 1 and is_han(t[0])]
            if shorter and not counted and not node.has("words"):
                message = f"'{shorter[0]}' already finds '{text}'; remove the longer one"
                yield _remark(Level.NOTE, "redundant", at, message)


def _contradictory(node: Cursor) -> Iterator[Remark]:
    """A condition and its denial side by side in one ``all``, or side by side in one ``any``."""
    for key, outcome in (("all", "can never hold"), ("any", "always holds")):
        part = node.get(key)
        if part is None or not isinstance(part.value, list):
            continue
        for member in part.items():
            if (
                isinstance(member.value, dict)
                and set(member.value) == {"not"}
                and member.value["not"] in part.value
            ):
                message = f"a condition and its 'not' stand in one '{key}', which {outcome}; remove one"
                yield _remark(Level.ERROR, "contradiction", member, message)


def _broad(node: Cursor, segmenter: Segmenter) -> Iterator[Remark]:
    words = bool(node.has("words") and node.value["words"])
    for text, at in _phrases(node.get("said")):
        single = len(text) == 1 and is_han(text)
        if text in _BROAD or (single and not words):
            remedy = "write 'words: true' or a longer phrase"
            yield _remark(Level.WARNING, "broad", at, f"'{text}' hits inside other words; {remedy}")
        if words and _cut(text, segmenter):
            message = f"'{text}' is several words to the segmenter; add it to the lexicon or drop 'words'"
            yield _remark(Level.NOTE, "split", at, message)


def _broad_search(node: Cursor) -> Iterator[Remark]:
    """Expressions, likenesses and distances that take in nearly everything."""
    pattern = node.get("pattern")
    given = pattern.items() if pattern and isinstance(pattern.value, list) else filter(None, (pattern,))
    for at in given if _enough_alone(node) else ():
        # Synonyms stand in angle brackets, which match nothing here.
        found = sorted(word for word in _BROAD if re.search(str(at.value), word, re.IGNORECASE))
        if found:
            message = f"the pattern finds '{found[0]}', which everybody says; ask for more words around it"
            yield _remark(Level.WARNING, "broad", at, message)
    likeness = node.get("at_least")
    if node.has("similar") and likeness and likeness.number() < LEAST_LIKENESS:
        message = (
            f"a likeness of {likeness.value} takes in other sentences; {LEAST_LIKENESS} is the least of use"
        )
        yield _remark(Level.WARNING, "broad", likeness, message)
    distance = node.get("distance")
    if node.has("near") and distance and distance.whole() > MOST_DISTANCE:
        message = f"{distance.value} apart is near to nothing; write {MOST_DISTANCE} or less, or use 'all'"
        yield _remark(Level.WARNING, "broad", distance, message)


def _enough_alone(node: Cursor) -> bool:
    """Whether the condition makes the rule hit by itself, wherever it holds."""
    below = node.path[2:]
    scoped = node.has("within") or node.has("around")
    return not scoped and (below == ("when",) or below[:2] == ("when", "any") and len(below) == 3)


def _empty_part(node: Cursor) -> Iterator[Remark]:
    """A part of the conversation that is no part: the first and the last percent do not meet."""
    within = node.get("within")
    first, last = (within.get(f"{end}_percent") if within else None for end in ("first", "last"))
    if first and last and first.number() + last.number() <= 100:
        parts = f"the first {first.value} and the last {last.value} percent"
        message = f"{parts} have nothing in common; write two conditions"
        yield _remark(Level.ERROR, "unreachable", first, message)


def _voiceless(rule: Cursor) -> Iterator[Remark]:
    """A rule on how somebody speaks that is asked of written channels only."""
    applies = rule.get("applies")
    channels = applies.get("channels") if applies else None
    if channels is None or Channel.VOICE in channels.choices(Channel):
        return
    for node in _conditions(rule.child("when")):
        for key in filter(node.has, VOICE_OPERATORS):
            message = f"'{key}' is heard in calls only, but the rule is not asked of VOICE; add the channel"
            yield _remark(Level.ERROR, "unreachable", node.child(key), message)


def _same_rules(documents: Sequence[Cursor]) -> Iterator[Remark]:
    """Two rules of one kind that ask the same."""
    seen: dict[str, str] = {}
    for rule in _rules(documents):
        asked = content_hash([[rule.value.get(key) for key in ("kind", "grain", "applies", "when")]])
        if asked in seen:
            message = f"it asks what '{seen[asked]}' asks; merge the two"
            yield _remark(Level.WARNING, "duplicate", rule, message)
        seen.setdefault(asked, rule.rule)


def _cut(text: str, segmenter: Segmenter) -> bool:
    return len(segmenter.tokens(text)) > 1


def _examples(rule: Cursor) -> Iterator[Remark]:
    given = parse_examples(rule.get("examples"))
    misses = sum(example.expected is Expected.MISS for example in given)
    for name, count in (("for", len(given) - misses), ("against", misses)):
        if count < LEAST_EXAMPLES:
            message = f"{count} examples {name} the rule; {LEAST_EXAMPLES} are the least that prove it"
            yield _remark(Level.WARNING, "examples", rule, message)


def _said_twice(documents: Sequence[Cursor]) -> Iterator[Remark]:
    """The same words blamed by two rules: one sentence would be deducted twice."""
    owners: dict[str, list[Cursor]] = defaultdict(list)
    for rule in _rules(documents):
        if rule.value.get("kind") != "FAULT":
            continue
        for node in _conditions(rule.child("when")):
            if node.has("said") and not node.has("within") and node.value.get("by", "agent") == "agent":
                for text, at in _phrases(node.get("said")):
                    owners[text].append(at)
    for text, places in owners.items():
        rules = dict.fromkeys(place.rule for place in places)
        if len(rules) > 1:
            message = f"'{text}' is blamed by {' and '.join(rules)}; one sentence would count twice"
            yield _remark(Level.WARNING, "twice", places[-1], message)


def _unused(documents: Sequence[Cursor]) -> Iterator[Remark]:
    used = {name for document in documents for name in _used(document.value)}
    for document in documents:
        part = document.get("conditions")
        for name, at in part.entries() if part else ():
            if name not in used:
                yield _remark(Level.WARNING, "unused", at, f"no rule uses the condition '{name}'; remove it")


def _used(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("use"), str):
            yield value["use"]
        for child in value.values():
            yield from _used(child)
    elif isinstance(value, list):
        for child in value:
            yield from _used(child)
