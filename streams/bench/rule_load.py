"""Conversations and rules to measure the rule engine with: the same ones on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from processors.classification import RuleSet, load_ruleset
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.rehearsal import staged
from processors.language.script import normalise
from schemas.records.terms import Role
from schemas.records.transcribed import InteractionTranscribed

SEED = 20_261_123
TURNS = 60
_TURN_CHARACTERS = 25
_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]


def seeded() -> random.Random:
    """The same numbers in every run."""
    return random.Random(SEED)  # noqa: S311


def words(count: int, source: random.Random) -> list[str]:
    """Phrases in the characters of the text, so long that chance does not bring them into it.

    Only such as matching leaves unchanged: all ways then look for the same.
    """
    found: dict[str, None] = {}
    while len(found) < count:
        word = "".join(source.choices(_HAN, k=source.randint(4, 6)))
        if normalise(word).text == word:
            found[word] = None
    return list(found)


def made_up_turns(source: random.Random) -> list[str]:
    """Turns of Han characters by chance."""
    return ["".join(source.choices(_HAN, k=_TURN_CHARACTERS)) for _ in range(TURNS)]


def real_turns(sentences: Sequence[str], source: random.Random) -> list[str]:
    """Turns put together from sentences that rule writers gave as examples."""
    turns = []
    for _ in range(TURNS):
        said = source.choice(sentences)
        while len(said) < _TURN_CHARACTERS:
            said += "," + source.choice(sentences)
        turns.append(said)
    return turns


def sentences_of(ruleset: RuleSet) -> list[str]:
    """What is said in the examples of a rule set."""
    told = (turn.text for rule in ruleset.rules for example in rule.examples for turn in example.turns)
    return sorted(set(told))


def planted(turns: Sequence[str], phrases: Iterable[str], source: random.Random) -> list[str]:
    """The turns with each phrase said once somewhere."""
    said = list(turns)
    for phrase in phrases:
        at = source.randrange(len(said))
        said[at] += phrase
    return said


def interaction(turns: Sequence[str]) -> InteractionTranscribed:
    """A call of these turns, agent and customer by turns."""
    spoken = tuple(
        ExampleTurn(Role.CUSTOMER if number % 2 else Role.AGENT, text) for number, text in enumerate(turns)
    )
    header, transcript = staged(Example(Expected.HIT, spoken), "zh")
    return InteractionTranscribed(header=header, transcript=transcript)


def rules_of(conditions: Sequence[str], beside: str = "") -> RuleSet:
    """A rule set with one signal a condition, rule ``r0`` first."""
    head = f"ruleset: bench\nversion: 1.0.0\nlanguage: zh\n{beside}rules:\n"
    rule = '  - {{id: r{n}, version: "1", name: {{zh: 甲}}, kind: SIGNAL, when: {when}}}\n'
    return load_ruleset(head + "".join(rule.format(n=n, when=when) for n, when in enumerate(conditions)))
