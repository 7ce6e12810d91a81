"""What every operator's parser needs: vocabulary, kind of rule, and the way back to conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from processors.classification.matcher import Vocabulary
from processors.classification.operators.scope import Scope, parse_within
from processors.classification.source import Cursor
from processors.classification.view import Condition, RuleKind
from schemas.records.terms import Role

SCOPE_KEYS = ("by", "within", "words", "automatic", "ambiguous", "except", "unless")
_PARTIES = {
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
    kind: RuleKind | None = None

    def of_kind(self, kind: RuleKind) -> Grammar:
        """The same state, reading a rule of ``kind``."""
        return replace(self, kind=kind)

    def condition(self, cursor: Cursor) -> Condition:
        """The condition at ``cursor``."""
        return self.parse(cursor, self)

    def phrases(self, cursor: Cursor | None) -> tuple[int, ...]:
        """Ids of the phrases in a list."""
        if cursor is None:
            return ()
        return tuple(self.vocabulary.add(phrase) for phrase in cursor.texts())

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
        if named not in _PARTIES:
            cursor.child(key).fail(f"'{named}' is none of {', '.join(_PARTIES)}")
        return _PARTIES[named]

    def scope(self, cursor: Cursor, operator: str) -> Scope:
        """The scope options standing beside ``operator``."""

        def flag(key: str) -> bool:
            found = cursor.get(key)
            return found.flag() if found else False

        return Scope(
            operator=f"{cursor.where}.{operator}",
            by=self.parties(cursor),
            within=parse_within(cursor.get("within")),
            words=flag("words"),
            automatic=flag("automatic"),
            ambiguous=flag("ambiguous"),
            exceptions=self.phrases(cursor.get("except")),
            unless=self.phrases(cursor.get("unless")),
        )
