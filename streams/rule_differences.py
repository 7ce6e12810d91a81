"""What one rule set says otherwise than another, proven on the examples of both."""

from __future__ import annotations

from msgspec import Struct

from processors.classification.examples import Example
from processors.classification.rehearsal import verdicts_on
from processors.classification.ruleset import Rule
from streams.rule_files import RuleTools


class VerdictChange(Struct, frozen=True):
    """One dialogue that a rule judges otherwise now."""

    rule_id: str
    dialogue: str
    before: str
    after: str


class RuleDifferences(Struct, frozen=True):
    """Rule ids added, removed and changed, and the verdicts that changed with them."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    verdicts: tuple[VerdictChange, ...]


def differences(before: RuleTools, after: RuleTools) -> RuleDifferences:
    """From ``before`` to ``after``; a rule counts as changed where its own text or a verdict differs."""
    old = {rule.id: rule for rule in before.ruleset.rules}
    new = {rule.id: rule for rule in after.ruleset.rules}
    verdicts: list[VerdictChange] = []
    for rule_id in old.keys() & new.keys():
        for example in _examples(old[rule_id], new[rule_id]):
            said = _said(old[rule_id], example, before), _said(new[rule_id], example, after)
            if said[0] != said[1]:
                verdicts.append(VerdictChange(rule_id, _dialogue(example), *said))
    turned = {change.rule_id for change in verdicts}
    versions = {
        rule_id for rule_id in old.keys() & new.keys() if old[rule_id].version != new[rule_id].version
    }
    return RuleDifferences(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(sorted(turned | versions)),
        verdicts=tuple(sorted(verdicts, key=lambda change: (change.rule_id, change.dialogue))),
    )


def _examples(old: Rule, new: Rule) -> list[Example]:
    """Examples of both, each dialogue once."""
    told = {(example.turns, str(example.contact)): example for example in (*old.examples, *new.examples)}
    return list(told.values())


def _said(rule: Rule, example: Example, tools: RuleTools) -> str:
    return "/".join(verdict.value for verdict in verdicts_on(rule, example, tools.ruleset, tools.segmenter))


def _dialogue(example: Example) -> str:
    return "\n".join(f"{turn.party.value}: {turn.text}" for turn in example.turns)
