"""What every operator's parser needs: vocabulary, kind of rule, and the way back to conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from processors.classification.expressions import parse_expressions
from processors.classification.matcher import Vocabulary
from processors.classification.operators.around import parse_around, parse_not_near
from processors.classification.operators.scope import Regard, Scope
from processors.classification.operators.within import parse_within
from processors.classification.source import Cursor
from processors.classification.view import Condition, RuleKind
from schemas.records.terms import Role

SCOPE_KEYS = (
    "by",
    "within",
    "around",
    "words",
    "automatic",
    "ambiguous",
    "except",
    "unless",
    "not_near",
    "quoted",
    "negated",
    "except_pattern",
)
MOST_SPELLINGS = 500
_WITH_SYNONYMS = re.compile(r"[^<>]*(?:<[^<>]+>[^<>]*)*")
_SYNONYM = re.compile(r"([^<]*)(?:<([^<>]+)>|$)")
PARTIES = {
    "agent": (Role.AGENT,),
    "customer": (Role.CUSTOMER,),
    "bot": (Role.BOT, Role.SYSTEM),
    "supervisor": (Role.SUPERVISOR,),
    "anyone": (),
}
_SPEAKER_OF = {
    RuleKind.FAULT: (Role.AGENT,),
    RuleKind.CREDIT: (Role.AGENT,),
    RuleKind.SIGNAL: (Role.CUSTOMER,),
    RuleKind.EXEMPTION: (Role.CUSTOMER,),
    RuleKind.REASON: (Role.CUSTOMER,),
}


@dataclass
class Grammar:
    """State of reading one rule set. ``kind`` is None inside the shared conditions."""

    parse: Callable[[Cursor, Grammar], Condition]
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    sounds: set[int] = field(default_factory=set)
    shared: dict[str, Condition] = field(default_factory=dict)
    unread: dict[str, Cursor] = field(default_factory=dict)
    reading: list[str] = field(default_factory=list)
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kind: RuleKind | None = None

    def of_kind(self, kind: RuleKind) -> Grammar:
        """The same state, reading a rule of ``kind``."""
        return replace(self, kind=kind)

    def condition(self, cursor: Cursor) -> Condition:
        """The condition at ``cursor``."""
        return self.parse(cursor, self)

    def shared_condition(self, name: str) -> Condition | None:
        """The shared condition of this name, read when it is first asked for; None where there is none.

        Raises ``RuleSetError`` where a condition uses itself.
        """
        cursor = self.unread.get(name)
        if cursor is None:
            return self.shared.get(name)
        if name in self.reading:
            cursor.fail(f"the shared condition '{name}' uses itself; write one of the two out")
        self.reading.append(name)
        condition = self.parse(cursor, replace(self, kind=None))
        self.reading.remove(name)
        del self.unread[name]
        self.shared[name] = condition
        return condition

    def phrases(self, cursor: Cursor | None) -> tuple[int, ...]:
        """Ids of the phrases in a list."""
        if cursor is None:
            return ()
        members = tuple(cursor.items()) if isinstance(cursor.value, list) else (cursor,)
        cursor.texts()
        return tuple(
            dict.fromkeys(self.vocabulary.add(text) for one in members for text in self.spelled(one))
        )

    def literals(self, texts: Iterable[str]) -> frozenset[int]:
        """Ids of literals, which are found also inside of words."""
        return frozenset(map(self.vocabulary.add_literal, texts))

    def spelled(self, cursor: Cursor) -> list[str]:
        """A phrase with each ``<name>`` replaced by each of its synonyms."""
        if not _WITH_SYNONYMS.fullmatch(cursor.text()):
            cursor.fail("'<' and '>' in a phrase enclose the name of synonyms: 换<套餐>")
        spellings = [""]
        for plain, name in _SYNONYM.findall(cursor.text()):
            if name and name not in self.synonyms:
                known = ", ".join(self.synonyms) or "none"
                cursor.fail(f"no synonyms '{name}'; under 'synonyms' there are: {known}")
            words = self.synonyms[name] if name else ("",)
            spellings = [before + plain + word for before in spellings for word in words]
            if len(spellings) > MOST_SPELLINGS:
                cursor.fail(f"more than {MOST_SPELLINGS} spellings; name fewer synonyms in one phrase")
        return spellings

    def sounding(self, cursor: Cursor | None, phrases: tuple[int, ...]) -> tuple[int, ...]:
        """Ids of the phrases that also count by sound: ``true`` means all of ``phrases``."""
        if cursor is None or cursor.value is False:
            return ()
        chosen = phrases if cursor.value is True else self.phrases(cursor)
        self.sounds.update(chosen)
        return chosen

    def parties(self, cursor: Cursor | None, key: str = "by") -> tuple[Role, ...]:
        """``by: agent`` and its like; a rule that does not say means whom its kind is about."""
        if cursor is None or not cursor.has(key):
            if self.kind is None:
                assert cursor is not None
                cursor.fail(f"a shared condition must say '{key}: agent', 'customer', 'bot' or 'anyone'")
            return _SPEAKER_OF[self.kind]
        named = cursor.child(key).text()
        if named not in PARTIES:
            cursor.child(key).fail(f"'{named}' is none of {', '.join(PARTIES)}")
        return PARTIES[named]

    def scope(self, cursor: Cursor, operator: str) -> Scope:
        """The scope options standing beside ``operator``."""

        def flag(key: str) -> bool:
            found = cursor.get(key)
            return found.flag() if found else False

        quoted, negated = cursor.get("quoted"), cursor.get("negated")
        return Scope(
            operator=f"{cursor.where}.{operator}",
            by=self.parties(cursor),
            within=parse_within(cursor.get("within")),
            words=flag("words"),
            automatic=flag("automatic"),
            ambiguous=flag("ambiguous"),
            exceptions=self.phrases(cursor.get("except")),
            unless=self.phrases(cursor.get("unless")),
            around=parse_around(cursor.get("around"), self),
            not_near=parse_not_near(cursor.get("not_near"), self),
            quoted=quoted.choice(Regard) if quoted else Regard.COUNTS,
            negated=negated.choice(Regard) if negated else Regard.COUNTS,
            barred=parse_expressions(cursor.get("except_pattern"), self.synonyms),
        )
