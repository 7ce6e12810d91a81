"""YAML read with its places, so that every mistake in a rule file can be named with file and line."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

import yaml

# libyaml's parser where PyYAML was built with it: ten times faster, the same nodes and places.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path = tuple[str | int, ...]
Choice = TypeVar("Choice", bound=StrEnum)


class RuleSetError(ValueError):
    """A rule set says something it cannot mean; the message gives file, line, rule and the remedy."""


@dataclass(frozen=True)
class Source:
    """One YAML file: its name and the line of every value in it."""

    name: str
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Line of the value at ``path``, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass(frozen=True)
class Cursor:
    """A value inside a YAML file. Reading through it turns every mistake into a ``RuleSetError``."""

    value: Any
    source: Source
    path: Path = ()
    rule: str = ""

    def fail(self, message: str) -> NoReturn:
        """Raise ``RuleSetError`` for this place."""
        rule = f" rule {self.rule}:" if self.rule else ""
        raise RuleSetError(f"{self.source.name}:{self.source.line(self.path)}:{rule} {message}")

    @property
    def where(self) -> str:
        """Path below the rule, as evidence shows it: ``when.any[1].said``."""
        below = self.path[2:] if self.path[:1] == ("rules",) else self.path
        shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in below)
        return shown.removeprefix(".")

    def named(self, rule: str) -> Cursor:
        """The same place, known to belong to ``rule``."""
        return Cursor(self.value, self.source, self.path, rule)

    def mapping(self, allowed: Collection[str], required: Collection[str] = ()) -> Cursor:
        """Itself, after checking that it is a mapping with known keys and all required ones."""
        if not isinstance(self.value, dict):
            self.fail(f"expected a mapping with the keys {', '.join(allowed)}")
        for key in self.value:
            if key not in allowed:
                near = difflib.get_close_matches(str(key), allowed, 1)
                hint = f"did you mean '{near[0]}'?" if near else f"allowed: {', '.join(sorted(allowed))}"
                self.child(key).fail(f"unknown key '{key}'; {hint}")
        for key in required:
            if key not in self.value:
                self.fail(f"'{key}' is missing; add '{key}: ...'")
        return self

    def has(self, key: str) -> bool:
        """Whether this mapping holds ``key``."""
        return isinstance(self.value, dict) and key in self.value

    def child(self, key: str | int) -> Cursor:
        """The value under ``key`` of this mapping or list."""
        return Cursor(self.value[key], self.source, (*self.path, key), self.rule)

    def get(self, key: str) -> Cursor | None:
        """The value under ``key``, or nothing."""
        return self.child(key) if self.has(key) else None

    def items(self) -> Iterator[Cursor]:
        """Members of this list."""
        if not isinstance(self.value, list):
            self.fail("expected a list; put each member on its own line after '- '")
        return (self.child(index) for index in range(len(self.value)))

    def entries(self) -> Iterator[tuple[str, Cursor]]:
        """Keys and values of this mapping."""
        if not isinstance(self.value, dict):
            self.fail("expected a mapping")
        return ((str(key), self.child(key)) for key in self.value)

    def text(self) -> str:
        """This value as text."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return str(self.value)
        if not isinstance(self.value, str):
            self.fail(f"expected text, found {self.value!r}; write it in quotes")
        if not self.value.strip():
            self.fail("empty text; write the words or remove the entry")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """One text or a list of texts."""
        if isinstance(self.value, list):
            if not self.value:
                self.fail("empty list; add a phrase or remove the key")
            return tuple(item.text() for item in self.items())
        return (self.text(),)

    def number(self) -> float:
        """This value as a number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail(f"expected a number, found {self.value!r}")
        return float(self.value)

    def whole(self, least: int = 0) -> int:
        """This value as a whole number, at least ``least``."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < least:
            self.fail(f"expected a whole number of at least {least}, found {self.value!r}")
        return self.value

    def flag(self) -> bool:
        """This value as true or false."""
        if not isinstance(self.value, bool):
            self.fail(f"expected true or false, found {self.value!r}")
        return self.value

    def choice(self, choices: type[Choice]) -> Choice:
        """This value as a symbol of an enumeration, in any case."""
        # YAML reads an unquoted YES or NO as true or false.
        wanted = ("NO", "YES")[self.value] if isinstance(self.value, bool) else self.text()
        found = [symbol for symbol in choices if symbol.value.lower() == wanted.lower()]
        if not found:
            self.fail(f"'{wanted}' is none of {', '.join(symbol.value for symbol in choices)}")
        return found[0]

    def choices(self, choices: type[Choice]) -> tuple[Choice, ...]:
        """One symbol or a list of symbols of an enumeration."""
        if isinstance(self.value, list):
            return tuple(item.choice(choices) for item in self.items())
        return (self.choice(choices),)


def read_yaml(text: str, name: str) -> Cursor:
    """The document in ``text``; raises ``RuleSetError`` where it is not YAML or repeats a key."""
    loader = _Loader(text)
    source = Source(name)
    try:
        node = loader.get_single_node()
        value = _build(node, loader, source, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise RuleSetError(f"{name}:{line}: not valid YAML: {error.problem or error}") from error
    finally:
        loader.dispose()
    return Cursor(value, source)


def _build(node: yaml.Node, loader: Any, source: Source, path: Path) -> Any:
    source.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _build_mapping(node, loader, source, path)
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, loader, source, (*path, i)) for i, child in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except ValueError as error:
        line = node.start_mark.line + 1
        raise RuleSetError(
            f"{source.name}:{line}: {node.value!r} is no {node.tag.rpartition(':')[2]} ({error}); "
            "correct it, or write it in quotes if it is text"
        ) from error


def _build_mapping(node: yaml.MappingNode, loader: Any, source: Source, path: Path) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        if key in built:
            line = key_node.start_mark.line + 1
            raise RuleSetError(f"{source.name}:{line}: key '{key}' stands twice; merge the two")
        built[key] = _build(value_node, loader, source, (*path, key))
        source.lines[(*path, key)] = key_node.start_mark.line + 1
    return built
