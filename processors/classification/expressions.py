"""Regular expressions in a form that no text can make run away, and what each of them needs to match.

With every repeat bounded, the ways to match at one place are bounded by the product of the repeats'
spans; that product is limited. RE2's semantics without RE2: measured, one pass of ``re`` over the turns
that hold a needed literal is faster than RE2 looped from Python.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from processors.classification.source import Cursor
from processors.language.script import normalise

LONGEST_PATTERN = 800
LONGEST_REPEAT = 64
MOST_WAYS = 20_000
_MOST_SPELLINGS = 96
# The parser that ``re`` itself uses: no second reading of the syntax can differ from it.
_parser: Any = importlib.import_module("re._parser")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_GROUPS = ("SUBPATTERN", "ATOMIC_GROUP")
_NO_WIDTH = ("AT", "ASSERT", "ASSERT_NOT")


@dataclass(frozen=True)
class Expression:
    """A compiled pattern. One of ``literals`` stands in every text that it matches; empty where none must."""

    compiled: re.Pattern[str]
    literals: tuple[str, ...]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Every match with at least one character."""
        return [found.span() for found in self.compiled.finditer(text) if found.end() > found.start()]


def parse_expressions(cursor: Cursor | None, synonyms: Mapping[str, Sequence[str]]) -> tuple[Expression, ...]:
    """One expression or a list of them; ``<name>`` stands for any of the synonyms of that name."""
    if cursor is None:
        return ()
    members = cursor.items() if isinstance(cursor.value, list) else (cursor,)
    return tuple(_parse(member, synonyms) for member in members)


def _parse(cursor: Cursor, synonyms: Mapping[str, Sequence[str]]) -> Expression:
    text = cursor.text()
    if len(text) > LONGEST_PATTERN:
        cursor.fail(f"the pattern has {len(text)} characters; split it into parts of {LONGEST_PATTERN}")
    # Escapes such as \S must keep their case, so only a pattern without them is brought to matching form.
    spelled = _with_synonyms(text if "\\" in text else normalise(text).text, synonyms)
    try:
        compiled = re.compile(spelled, re.IGNORECASE)
        tree = _parser.parse(spelled, re.IGNORECASE)
    except re.error as error:
        cursor.fail(f"not a regular expression: {error}")
    remedy = _runaway(tree)
    if remedy:
        cursor.fail(f"the pattern could run for ever: {remedy}")
    return Expression(compiled, tuple(sorted(_needed(tree))))


def _with_synonyms(pattern: str, synonyms: Mapping[str, Sequence[str]]) -> str:
    for name, words in synonyms.items():
        spelled = "|".join(re.escape(normalise(word).text) for word in words)
        pattern = pattern.replace(f"<{normalise(name).text}>", f"(?:{spelled})")
    return pattern


def _runaway(tree: Iterable[Any]) -> str:
    """What to write instead of a form that could backtrack too much; empty where there is none."""
    for name, most in _repeats(tree):
        if name == "GROUPREF":
            return "spell the words out instead of referring back to a group"
        if most > LONGEST_REPEAT:
            return f"write a bounded repeat such as .{{0,12}} instead of * or +; {LONGEST_REPEAT} is the most"
    if _ways(tree) > MOST_WAYS:
        return "its repeats multiply; shorten them or list the wordings instead"
    return ""


def _repeats(tree: Iterable[Any]) -> Iterable[tuple[str, int]]:
    for code, value in tree:
        name = str(code)
        if name in _REPEATS:
            yield name, int(value[1])
        elif name.startswith("GROUPREF"):
            yield "GROUPREF", 0
        for part in _parts(name, value):
            yield from _repeats(part)


def _parts(name: str, value: Any) -> list[Any]:
    if name in _REPEATS:
        return [value[2]]
    if name == "SUBPATTERN":
        return [value[3]]
    if name == "ATOMIC_GROUP":
        return [value]
    if name == "BRANCH":
        return list(value[1])
    return [value[1]] if name in ("ASSERT", "ASSERT_NOT") else []


def _ways(tree: Iterable[Any]) -> int:
    """In how many ways the parts can be stretched to match at one place, at most."""
    ways = 1
    for code, value in tree:
        name = str(code)
        inner = [_ways(part) for part in _parts(name, value)]
        if name in _REPEATS:
            least, most = int(value[0]), int(value[1])
            ways *= (most - least + 1) * inner[0] ** min(most, 64)
        elif name == "BRANCH":
            ways *= 1 + sum(count - 1 for count in inner)
        elif inner:
            ways *= inner[0]
        if ways > MOST_WAYS:
            return ways
    return ways


def _needed(tree: Sequence[Any]) -> frozenset[str]:
    """Literals of which every match holds one, the longest that can be told; empty where none is needed."""
    best: frozenset[str] = frozenset()
    run: frozenset[str] = frozenset({""})
    for node in tree:
        spelled = _spellings([node])
        joined = frozenset(map("".join, product(run, spelled))) if spelled else frozenset()
        if spelled and len(joined) <= _MOST_SPELLINGS:
            run = joined
            continue
        best = max(best, run, _inside(node), key=_worth)
        run = spelled if spelled and len(spelled) <= _MOST_SPELLINGS else frozenset({""})
    best = max(best, run, key=_worth)
    return frozenset(literal.lower() for literal in best) if _worth(best) > (0, 0) else frozenset()


def _inside(node: Any) -> frozenset[str]:
    """What a part that has no finite spelling needs itself."""
    code, value = node
    name = str(code)
    if name in _GROUPS or (name in _REPEATS and value[0] > 0):
        return _needed(_parts(name, value)[0])
    if name == "BRANCH":
        needs = [_needed(part) for part in value[1]]
        return frozenset().union(*needs) if all(needs) else frozenset()
    return frozenset()


def _worth(literals: frozenset[str]) -> tuple[int, int]:
    """Longer literals are rarer; among equally long ones, fewer are."""
    shortest = min(map(len, literals), default=0)
    return (min(shortest, 3), -len(literals)) if shortest else (0, 0)


def _spellings(tree: Iterable[Any]) -> frozenset[str]:
    """Every text that the part matches; empty where they are too many to list."""
    texts: frozenset[str] = frozenset({""})
    for code, value in tree:
        texts = frozenset(map("".join, product(texts, _one(str(code), value))))
        if not texts or len(texts) > _MOST_SPELLINGS:
            return frozenset()
    return texts


def _one(name: str, value: Any) -> frozenset[str]:
    texts: frozenset[str] = frozenset()
    if name == "LITERAL":
        texts = frozenset({chr(value)})
    elif name in _NO_WIDTH:
        texts = frozenset({""})
    elif name == "IN" and all(str(code) == "LITERAL" for code, _ in value):
        texts = frozenset(chr(character) for _, character in value)
    elif name == "BRANCH":
        parts = [_spellings(part) for part in value[1]]
        texts = frozenset().union(*parts) if all(parts) else texts
    elif name in _GROUPS:
        texts = _spellings(_parts(name, value)[0])
    elif name in _REPEATS and tuple(value[:2]) in ((0, 1), (1, 1)):
        inner = _spellings(value[2])
        texts = inner | {""} if inner and value[0] == 0 else inner
    return texts
