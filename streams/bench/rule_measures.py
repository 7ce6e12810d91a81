"""The measures of the rule engine, each beside other ways to the same end.

Where a way can find what callqa finds, it is held to find the same, or no ratio is given; one big ``re``
misses what overlaps, and a bare automaton places nothing in a turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import ahocorasick
from ahocorasick_rs import AhoCorasick
from msgspec import Struct

from processors.classification import RuleSet, classify
from processors.classification.matcher import PhraseIndex
from processors.language.script import normalise
from processors.language.segmenter import Segmenter
from schemas.records.transcribed import InteractionTranscribed
from streams.bench.naive import NaiveStack
from streams.bench.rounds import Ratio, fastest
from streams.bench.rule_load import (
    interaction,
    made_up_turns,
    planted,
    real_turns,
    rules_of,
    seeded,
    sentences_of,
    words,
)

_HOT = 300
_PHRASES_A_RULE = 10
_SAID_RULES_HIT = 10
_GAP_RULES_HIT = 5
_GOOD, _BAD = ("满意", "谢谢", "感谢"), ("太差", "生气", "失望")


class Size(Struct, frozen=True, kw_only=True):
    """How much is measured: phrases of the three vocabularies, gap rules, conversations and rounds."""

    phrases: tuple[int, int, int] = (500, 5_000, 50_000)
    gaps: int = 2_000
    conversations: int = 10
    rounds: int = 5


class OtherResult(RuntimeError):
    """Two ways found different things, so that no ratio of their times would mean anything."""


def phrase_ratios(size: Size) -> Iterator[Ratio]:
    """The same hits at every size: hot phrases cut from the text, the rest never occur."""
    source = seeded()
    texts = [made_up_turns(source) for _ in range(2 * size.conversations)]
    cut = (turn[at : at + 2] for text in texts for turn in text[:5] for at in (0, 9, 17))
    hot = list(dict.fromkeys(cut))[: min(_HOT, size.phrases[0] // 2)]
    phrases = {count: hot + words(count - len(hot), source) for count in size.phrases}
    indexes = {count: PhraseIndex(listed) for count, listed in phrases.items()}
    middle = size.phrases[1]
    if _indexed(indexes[middle], texts) != _sought(phrases[middle], texts):
        raise OtherResult("the automaton and `in` found different phrases")
    ways: dict[str, Callable[[], object]] = {
        str(count): partial(_find_all, index, texts) for count, index in indexes.items()
    }
    best = fastest(ways | _other_ways(phrases[middle], texts), size.rounds)
    for count in size.phrases:
        yield Ratio(
            name=f"{count:,} phrases, a conversation", value=best[str(count)] / len(texts) * 1e3, unit="ms"
        )
    least, most = str(size.phrases[0]), str(size.phrases[-1])
    growth = f"{size.phrases[-1]:,} against {size.phrases[0]:,} phrases"
    yield Ratio(name=growth, value=best[most] / best[least], goal=5, at_most=True)
    for name, goal in (("in", 100), ("re", None), ("pyahocorasick", None), ("bare automaton", None)):
        shown = f"{middle:,} phrases by {name} against callqa"
        yield Ratio(name=shown, value=best[name] / best[str(middle)], goal=goal)


def _find_all(index: PhraseIndex, texts: Sequence[Sequence[str]]) -> list[Any]:
    return [index.find(text) for text in texts]


def _indexed(index: PhraseIndex, texts: Sequence[Sequence[str]]) -> list[set[tuple[int, int]]]:
    found = [index.find(text) for text in texts]
    return [{(phrase, at.turn) for phrase, places in one.items() for at in places} for one in found]


def _sought(phrases: Sequence[str], texts: Sequence[Sequence[str]]) -> list[set[tuple[int, int]]]:
    return [
        {
            (number, turn)
            for turn, said in enumerate(text)
            for number, word in enumerate(phrases)
            if word in said
        }
        for text in texts
    ]


def _other_ways(phrases: Sequence[str], texts: Sequence[Sequence[str]]) -> dict[str, Callable[[], object]]:
    big = re.compile("|".join(map(re.escape, sorted(phrases, key=len, reverse=True))))
    bare = AhoCorasick(list(phrases))
    other = ahocorasick.Automaton()
    for number, phrase in enumerate(phrases):
        other.add_word(phrase, number)
    other.make_automaton()
    joined = ["\n".join(text) for text in texts]
    return {
        "in": partial(_sought, phrases, texts),
        "re": lambda: [big.findall(turn) for text in texts for turn in text],
        "pyahocorasick": lambda: [list(other.iter(text)) for text in joined],
        "bare automaton": lambda: [bare.find_matches_as_indexes(text, overlapping=True) for text in joined],
    }


def gap_ratios(size: Size, segmenter: Segmenter) -> Iterator[Ratio]:
    """Patterns A.{0,12}B on text without hits, which is the common case, and on text with some."""
    source = seeded()
    pairs = list(zip(words(size.gaps, source), words(size.gaps, source), strict=True))
    patterns = [f"{a}.{{0,12}}{b}" for a, b in pairs]
    ruleset = rules_of([f'{{pattern: "{pattern}", by: anyone}}' for pattern in patterns])
    loop = NaiveStack({}, {f"r{n}": [re.compile(pattern)] for n, pattern in enumerate(patterns)})
    literals = PhraseIndex([literal for pair in pairs for literal in pair])
    for name, goal, hits in (("without hits", 40, 0), ("with hits", None, _GAP_RULES_HIT)):
        told = [
            interaction(planted(made_up_turns(source), (f"{a}是{b}" for a, b in pairs[:hits]), source))
            for _ in range(size.conversations)
        ]
        best = _beside(told, ruleset, segmenter, loop, size.rounds)
        shown = f"{size.gaps:,} gap rules {name}: a loop of re against all of classify"
        yield Ratio(name=shown, value=best["naive"] / best["callqa"], goal=goal)
    texts = [one.transcript.turn_normalised for one in told if one.transcript]
    alone = fastest({"prefilter": lambda: [literals.find(text) for text in texts]}, size.rounds)
    shown = f"{size.gaps:,} gap rules: a loop of re against the literal prefilter"
    yield Ratio(name=shown, value=best["naive"] / alone["prefilter"], goal=40)


def whole_ratios(size: Size, segmenter: Segmenter, shipped: RuleSet) -> Iterator[Ratio]:
    """All of classification, with hits and mood, in sentences of rule writers, against naive stacks."""
    source, sentences = seeded(), sentences_of(shipped)
    phrases = words(size.phrases[1], source)
    grouped = [phrases[n : n + _PHRASES_A_RULE] for n in range(0, len(phrases), _PHRASES_A_RULE)]
    pairs = list(zip(words(size.gaps, source), words(size.gaps, source), strict=True))
    hits = [group[0] for group in grouped[:_SAID_RULES_HIT]] + [
        f"{a}是{b}" for a, b in pairs[:_GAP_RULES_HIT]
    ]
    gaps = [f"{a}.{{0,12}}{b}" for a, b in pairs]
    ruleset, careful, usual = _rules_and_stacks(grouped, gaps)
    stacks = (
        ("jieba and an re a phrase and turn against all of classify", usual, 100),
        ("jieba, `in` a phrase, re a gap rule against all of classify", careful, None),
        ("the same without jieba and mood", replace(careful, tokenizer=None), None),
    )
    name = f"{len(phrases):,} phrases and {size.gaps:,} gap rules"
    for said in ([], hits):
        told = [
            interaction(planted(real_turns(sentences, source), said, source))
            for _ in range(size.conversations)
        ]
        for shown, stack, goal in stacks:
            best = _beside(told, ruleset, segmenter, stack, size.rounds)
            full = f"{name}, {len(said)} hits: {shown}"
            yield Ratio(name=full, value=best["naive"] / best["callqa"], goal=goal)
        one = best["callqa"] / len(told)
        yield Ratio(name=f"{name}, {len(said)} hits: a conversation", value=one * 1e3, unit="ms")


def _rules_and_stacks(
    grouped: Sequence[Sequence[str]], gaps: Sequence[str]
) -> tuple[RuleSet, NaiveStack, NaiveStack]:
    """callqa's rules, the naive stack that seeks phrases with ``in``, and the one with an ``re`` each."""
    conditions = [f"{{said: [{', '.join(group)}], by: anyone}}" for group in grouped]
    conditions += [f'{{pattern: "{gap}", by: anyone}}' for gap in gaps]
    mood = f"sentiment: {{positive: [{', '.join(_GOOD)}], negative: [{', '.join(_BAD)}]}}\n"
    searches = {f"r{n}": [re.compile(gap)] for n, gap in enumerate(gaps, len(grouped))}
    careful = NaiveStack(
        phrases={f"r{n}": group for n, group in enumerate(grouped)},
        expressions=searches,
        good=frozenset(_GOOD),
        bad=frozenset(_BAD),
        tokenizer=_jieba(),
    )
    plain = {f"r{n}": [re.compile(re.escape(phrase)) for phrase in group] for n, group in enumerate(grouped)}
    return rules_of(conditions, mood), careful, replace(careful, phrases={}, expressions=plain | searches)


def _beside(
    told: Sequence[InteractionTranscribed],
    ruleset: RuleSet,
    segmenter: Segmenter,
    stack: NaiveStack,
    rounds: int,
) -> dict[str, float]:
    """Times of callqa and of the naive stack, which must find the same rules in the same turns."""
    texts = [one.transcript.turn_normalised for one in told if one.transcript]
    for one, text in zip(told, texts, strict=True):
        found = classify(one, ruleset, segmenter, 1).classification
        findings = found.findings if found else ()
        ours = {(finding.rule_id, place.turn) for finding in findings for place in finding.evidence}
        if ours != set(stack.classify(text)[0]):
            raise OtherResult("callqa and the naive stack found different rules")
    return fastest(
        {
            "callqa": lambda: [classify(one, ruleset, segmenter, 1) for one in told],
            "naive": lambda: [stack.classify(text) for text in texts],
        },
        rounds,
    )


def shipped_ratios(size: Size, segmenter: Segmenter, shipped: RuleSet) -> Iterator[Ratio]:
    """The shipped rules in sentences of their own examples, with and without short cuts."""
    source, sentences = seeded(), sentences_of(shipped)
    told = [interaction(real_turns(sentences, source)) for _ in range(size.conversations)]
    plain = shipped.plain()
    ways = {
        "fast": lambda: [classify(one, shipped, segmenter, 1) for one in told],
        "plain": lambda: [classify(one, plain, segmenter, 1) for one in told],
    }
    if ways["fast"]() != ways["plain"]():
        raise OtherResult("the short cuts changed a verdict")
    best = fastest(ways, size.rounds)
    name = f"shipped zh rules ({len(shipped.rules)}), a conversation full of hits"
    yield Ratio(name=name, value=best["fast"] / len(told) * 1e3, unit="ms")
    yield Ratio(name="the same without short cuts against with them", value=best["plain"] / best["fast"])


def token_ratios(size: Size, segmenter: Segmenter, shipped: RuleSet) -> Iterator[Ratio]:
    """callqa's segmenter and rjieba beside jieba, and how many texts rjieba cuts otherwise."""
    import rjieba

    sentences = [normalise(sentence).text for sentence in sentences_of(shipped)]
    reference, quick = _jieba(), rjieba.Jieba()
    best = fastest(
        {
            "jieba": lambda: [reference.lcut(text, HMM=False) for text in sentences],
            "rjieba": lambda: [quick.cut(text, False) for text in sentences],
            "callqa": lambda: [segmenter.tokens(text) for text in sentences],
        },
        size.rounds,
    )
    yield Ratio(name="tokens: jieba against rjieba", value=best["jieba"] / best["rjieba"])
    yield Ratio(name="tokens: jieba against callqa's segmenter", value=best["jieba"] / best["callqa"])
    differing = sum(reference.lcut(text, HMM=False) != quick.cut(text, False) for text in sentences)
    yield Ratio(name=f"texts of {len(sentences):,} that rjieba cuts otherwise", value=differing, unit="")


def _jieba() -> Any:
    import jieba

    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer
