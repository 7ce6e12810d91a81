"""Rule sets: versioned YAML of rules, contact reasons and sentiment words, checked and compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from processors.classification.applies import parse_applies
from processors.classification.bundle import merged
from processors.classification.conditions import parse_condition
from processors.classification.examples import parse_examples
from processors.classification.grammar import Grammar
from processors.classification.rule import Grain, Reason, Rule
from processors.classification.search import Search, WordLists
from processors.classification.selection import Selection
from processors.classification.source import Cursor, RuleSetError, read_yaml
from processors.classification.view import RuleKind, Thresholds
from processors.classification.wordlists import read_negation, read_quoting, read_sentiment, read_synonyms
from schemas.identity import content_hash

__all__ = ["Grain", "Reason", "Rule", "RuleSet", "RuleSetError", "load_ruleset", "shipped_ruleset"]

TOP_KEYS = ("ruleset", "version", "language", "name", "description", "thresholds", "include")
PART_KEYS = ("reasons", "synonyms", "quoting", "negation", "sentiment", "conditions", "rules")
RULE_KEYS = (
    "id",
    "version",
    "name",
    "description",
    "kind",
    "grain",
    "applies",
    "when",
    "ambiguous",
    "reason",
    "priority",
    "examples",
)
# Compiled texts, by their hash: activations of one text and tenants of one worker share it.
_COMPILED_KEPT = 16
_LEG_WISE = (RuleKind.FAULT, RuleKind.CREDIT, RuleKind.EXEMPTION)


@dataclass(frozen=True)
class RuleSet:
    """Rules ready to run. ``hash`` covers what decides verdicts: neither comments nor examples, nor into
    which files the rules are cut.
    """

    id: str
    version: str
    language: str
    hash: str
    rules: tuple[Rule, ...]
    reasons: Mapping[str, Reason]
    thresholds: Thresholds
    search: Search

    @cached_property
    def selection(self) -> Selection:
        """Which of the rules an interaction has to be asked."""
        return Selection(self.rules)

    def plain(self) -> RuleSet:
        """The same rules, each of which is asked of everything: slow, and the measure of what is fast."""
        return replace(self, search=self.search.plain())

    def rule(self, rule_id: str) -> Rule:
        """The rule of this id; raises ``KeyError``."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


def shipped_ruleset(language: str) -> Path:
    """The file of the rule set that comes with the package; raises ``LookupError`` for other languages."""
    path = Path(__file__).parent / "rulesets" / f"{language}.yaml"
    if not path.is_file():
        raise LookupError(f"no rule set is shipped for language {language!r}")
    return path


def load_ruleset(source: Path | str) -> RuleSet:
    """A rule set from its file, or from YAML text without ``include``, which is compiled once.

    Raises ``RuleSetError`` with file, line, rule and remedy for anything it cannot mean.
    """
    if isinstance(source, Path):
        head, *parts = read_documents(source)
        return _compile(head, [head, *parts])
    return _of_text(source)


@lru_cache(maxsize=_COMPILED_KEPT)
def _of_text(text: str) -> RuleSet:
    head = read_yaml(text, "<text>")
    head.mapping(
        [key for key in (*TOP_KEYS, *PART_KEYS) if key != "include"], ("ruleset", "version", "language")
    )
    return _compile(head, [head])


def read_documents(path: Path) -> list[Cursor]:
    """The file of a rule set and the files it includes, as written; raises ``RuleSetError``."""
    head = read_yaml(path.read_text(encoding="utf-8"), path.name)
    head.mapping((*TOP_KEYS, *PART_KEYS), ("ruleset", "version", "language"))
    return [head, *_included(head, path.parent)]


def _included(head: Cursor, folder: Path) -> Iterable[Cursor]:
    include = head.get("include")
    for entry in include.items() if include else ():
        path = folder / entry.text()
        if not path.is_file():
            entry.fail(f"no file {entry.value} beside the rule set; correct the name")
        yield read_yaml(path.read_text(encoding="utf-8"), entry.text()).mapping(PART_KEYS)


def _compile(head: Cursor, documents: Sequence[Cursor]) -> RuleSet:
    grammar = Grammar(parse=parse_condition)
    reasons = _reasons(documents)
    read_synonyms(documents, grammar)
    for name, condition in _entries(documents, "conditions"):
        if name in grammar.unread:
            condition.fail(f"a shared condition '{name}' exists already; choose another name")
        grammar.unread[name] = condition
    for name in tuple(grammar.unread):
        grammar.shared_condition(name)
    rules = [_rule(cursor, grammar, reasons) for cursor in _members(documents, "rules")]
    _check_unique(documents)
    words = WordLists(
        sentiment=read_sentiment(documents, grammar),
        quoting=read_quoting(documents, grammar),
        negation=read_negation(documents, grammar),
    )
    return RuleSet(
        id=head.child("ruleset").text(),
        version=head.child("version").text(),
        language=head.child("language").text(),
        hash=content_hash([_deciding(merged(document.value for document in documents))]),
        rules=tuple(rules),
        reasons=reasons,
        thresholds=_thresholds(head.get("thresholds")),
        search=Search(grammar.vocabulary, grammar.sounds, words),
    )


def _members(documents: Sequence[Cursor], key: str) -> Iterable[Cursor]:
    for document in documents:
        part = document.get(key)
        yield from part.items() if part else ()


def _entries(documents: Sequence[Cursor], key: str) -> Iterable[tuple[str, Cursor]]:
    for document in documents:
        part = document.get(key)
        yield from part.entries() if part else ()


def _deciding(value: Any) -> Any:
    """The parsed content without what no verdict depends on."""
    if isinstance(value, dict):
        return {key: _deciding(v) for key, v in value.items() if key not in ("examples", "description")}
    return [_deciding(member) for member in value] if isinstance(value, list) else value


def _reasons(documents: Sequence[Cursor]) -> dict[str, Reason]:
    reasons: dict[str, Reason] = {}
    for level1, group in _entries(documents, "reasons"):
        group.mapping(("name", "reasons"), ("name", "reasons"))
        level1_name = _names(group.child("name"))
        for level2, names in group.child("reasons").entries():
            reasons[f"{level1}/{level2}"] = Reason(level1, level2, level1_name, _names(names))
    return reasons


def _names(cursor: Cursor) -> dict[str, str]:
    names = {language: name.text() for language, name in cursor.mapping(("zh", "en")).entries()}
    if not names:
        cursor.fail("give at least one name, such as {zh: 推诿客户, en: Deflection}")
    return names


def _rule(cursor: Cursor, grammar: Grammar, reasons: Mapping[str, Reason]) -> Rule:
    if isinstance(cursor.value, dict) and isinstance(cursor.value.get("id"), str):
        cursor = cursor.named(cursor.value["id"])
    cursor.mapping(RULE_KEYS, ("id", "version", "name", "kind", "when"))
    kind = cursor.child("kind").choice(RuleKind)
    grammar = grammar.of_kind(kind)
    grain, ambiguous, priority = cursor.get("grain"), cursor.get("ambiguous"), cursor.get("priority")
    return Rule(
        id=cursor.child("id").text(),
        version=cursor.child("version").text(),
        name=_names(cursor.child("name")),
        kind=kind,
        grain=grain.choice(Grain) if grain else (Grain.LEG if kind in _LEG_WISE else Grain.INTERACTION),
        applies=parse_applies(cursor.get("applies"), grammar),
        when=grammar.condition(cursor.child("when")),
        ambiguous=ambiguous.flag() if ambiguous else False,
        reason=_reason(cursor, kind, reasons),
        priority=priority.whole() if priority else 0,
        examples=parse_examples(cursor.get("examples")),
    )


def _reason(cursor: Cursor, kind: RuleKind, reasons: Mapping[str, Reason]) -> Reason | None:
    named = cursor.get("reason")
    if kind is not RuleKind.REASON:
        if named:
            named.fail("only a rule of kind REASON gives a contact reason; remove the key")
        return None
    if named is None:
        cursor.fail("a rule of kind REASON needs 'reason: level1/level2'")
    if named.text() not in reasons:
        named.fail(f"'{named.value}' is not in the taxonomy; known: {', '.join(reasons) or 'none'}")
    return reasons[named.text()]


def _check_unique(documents: Sequence[Cursor]) -> None:
    seen: set[str] = set()
    for cursor in _members(documents, "rules"):
        rule_id = cursor.child("id")
        if rule_id.text() in seen:
            rule_id.fail(f"a rule with the id '{rule_id.value}' exists already; merge the two or rename one")
        seen.add(rule_id.text())


def _thresholds(cursor: Cursor | None) -> Thresholds:
    if cursor is None:
        return Thresholds()
    values = {key: value.number() for key, value in cursor.mapping(Thresholds.__struct_fields__).entries()}
    return Thresholds(**values)
