"""What rules cost: ``python -m streams.bench.rules``.

One run, one process: the ways take turns round by round and the best round of each counts. Where a way can
find what callqa finds, it is held to find the same; one big ``re`` and a bare automaton cannot.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import typer
from ahocorasick_rs import AhoCorasick

from processors.classification import RuleSet, classify, load_ruleset, shipped_ruleset
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.matcher import PhraseIndex
from processors.classification.rehearsal import staged
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.records.terms import Role
from schemas.records.transcribed import InteractionTranscribed

_SEED = 20_261_123
_ROUNDS = 7
_SIZES = (500, 5_000, 50_000)
_GAPS = 2_000
_HOT = 300
_TURNS = 60
_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]


def _fastest(ways: Mapping[str, Callable[[], object]], rounds: int = _ROUNDS) -> dict[str, float]:
    """Seconds of each way's best round; the ways take turns, so that a busy machine slows them alike."""
    best = dict.fromkeys(ways, float("inf"))
    for round_number in range(rounds + 1):
        for name, way in ways.items():
            began = time.process_time()
            way()
            # The first round warms caches and counts for nothing.
            if round_number:
                best[name] = min(best[name], time.process_time() - began)
    return best


def _words(count: int, source: random.Random) -> list[str]:
    """Phrases in the characters of the text, so long that chance does not bring them into it."""
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(source.choices(_HAN, k=source.randint(4, 6)))] = None
    return list(words)


def _turns(source: random.Random) -> list[str]:
    return ["".join(source.choices(_HAN, k=25)) for _ in range(_TURNS)]


def _phrases(tell: Callable[[str], None]) -> None:
    """The same hits at every size: hot phrases cut from the text, the rest never occur."""
    source = random.Random(_SEED)  # noqa: S311
    texts = [_turns(source) for _ in range(20)]
    cut = (turn[at : at + 2] for text in texts for turn in text[:5] for at in (0, 9, 17))
    hot = list(dict.fromkeys(cut))[:_HOT]
    phrases = {size: hot + _words(size - len(hot), source) for size in _SIZES}
    indexes = {size: PhraseIndex(words) for size, words in phrases.items()}
    ways: dict[str, Callable[[], object]] = {
        str(size): partial(_index_all, index, texts) for size, index in indexes.items()
    }
    ways |= _other_ways(phrases[5_000], texts)
    if _index_all(indexes[5_000], texts) != _search_all(phrases[5_000], texts):
        raise RuntimeError("the automaton and `in` found different phrases; no ratio would mean anything")
    best = _fastest(ways)
    for size in _SIZES:
        tell(f"{size:6} phrases: {best[str(size)] / len(texts) * 1e3:.3f} ms a conversation")
    for name in ("in", "re", "bare automaton"):
        tell(f"5,000 phrases by {name}: {best[name] / best['5000']:.1f} x callqa's time")
    tell(f"50,000 against 500 phrases: {best['50000'] / best['500']:.1f} x (at most 5)")


def _index_all(index: PhraseIndex, texts: Sequence[Sequence[str]]) -> list[set[tuple[int, int]]]:
    found = [index.find(text) for text in texts]
    return [{(phrase, at.turn) for phrase, places in one.items() for at in places} for one in found]


def _search_all(phrases: Sequence[str], texts: Sequence[Sequence[str]]) -> list[set[tuple[int, int]]]:
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
    joined = ["\n".join(text) for text in texts]
    return {
        "in": partial(_search_all, phrases, texts),
        "re": lambda: [big.findall(turn) for text in texts for turn in text],
        "bare automaton": lambda: [bare.find_matches_as_indexes(text, overlapping=True) for text in joined],
    }


def _rules(conditions: Sequence[str]) -> RuleSet:
    head = "ruleset: bench\nversion: 1.0.0\nlanguage: zh\nrules:\n"
    rule = '  - {{id: r{n}, version: "1", name: {{zh: 甲}}, kind: SIGNAL, when: {when}}}\n'
    return load_ruleset(head + "".join(rule.format(n=n, when=when) for n, when in enumerate(conditions)))


def _interactions(source: random.Random, count: int) -> list[InteractionTranscribed]:
    told = []
    for _ in range(count):
        turns = tuple(
            ExampleTurn(Role.CUSTOMER if n % 2 else Role.AGENT, t) for n, t in enumerate(_turns(source))
        )
        header, transcript = staged(Example(Expected.HIT, turns), "zh")
        told.append(InteractionTranscribed(header=header, transcript=transcript))
    return told


def _gap_rules(tell: Callable[[str], None], segmenter: Segmenter) -> None:
    """2,000 patterns A.{0,12}B on text without hits, which is the common case."""
    source = random.Random(_SEED)  # noqa: S311
    pairs = [(a, b) for a, b in zip(_words(_GAPS, source), _words(_GAPS, source), strict=True)]
    patterns = [f"{a}.{{0,12}}{b}" for a, b in pairs]
    ruleset = _rules([f'{{pattern: "{pattern}"}}' for pattern in patterns])
    interactions = _interactions(source, 5)
    compiled = [re.compile(pattern) for pattern in patterns]
    texts = [list(told.transcript.turn_normalised) for told in interactions if told.transcript]
    literals = PhraseIndex([literal for pair in pairs for literal in pair])
    best = _fastest(
        {
            "classify": lambda: [classify(told, ruleset, segmenter, 1) for told in interactions],
            "prefilter": lambda: [literals.find(text) for text in texts],
            "re loop": lambda: [[p.search(turn) for p in compiled] for text in texts for turn in text],
        },
        3,
    )
    loop = best["re loop"]
    tell(
        f"{_GAPS} gap rules, prefilter alone: a re loop takes {loop / best['prefilter']:.0f} x (at least 40)"
    )
    tell(f"{_GAPS} gap rules, all of classify: a re loop takes {loop / best['classify']:.1f} x")


def _whole(tell: Callable[[str], None], segmenter: Segmenter) -> None:
    """Whole classification of 5,000 phrases against jieba and one search a phrase and turn."""
    import jieba

    source = random.Random(_SEED)  # noqa: S311
    interactions = _interactions(source, 5)
    phrases = _words(5_000, source)
    ruleset = _rules([f"{{said: [{', '.join(phrases[n : n + 50])}]}}" for n in range(0, 5_000, 50)])
    compiled = [re.compile(re.escape(phrase)) for phrase in phrases]
    texts = [list(told.transcript.turn_normalised) for told in interactions if told.transcript]
    list(jieba.cut("预热"))

    def naive() -> None:
        for text in texts:
            for turn in text:
                jieba.lcut(turn)
                for pattern in compiled:
                    pattern.search(turn)

    best = _fastest(
        {"callqa": lambda: [classify(t, ruleset, segmenter, 1) for t in interactions], "naive": naive}, 3
    )
    ratio = best["naive"] / best["callqa"]
    tell(f"whole classification, 5,000 phrases: the naive stack takes {ratio:.0f} x (at least 100)")


def _shipped(tell: Callable[[str], None], segmenter: Segmenter) -> None:
    """The shipped Chinese rules over their own examples."""
    ruleset = load_ruleset(shipped_ruleset("zh"))
    told = [
        InteractionTranscribed(header=header, transcript=transcript)
        for rule in ruleset.rules
        for header, transcript in (staged(example, "zh") for example in rule.examples)
    ]
    best = _fastest({"zh": lambda: [classify(one, ruleset, segmenter, 1) for one in told]}, 3)
    tell(f"shipped zh rules: {best['zh'] / len(told) * 1e3:.2f} ms an example, {len(ruleset.rules)} rules")


def main() -> None:
    """Measure everything and print the ratios."""
    segmenter = Segmenter(load_lexicon("zh"))
    _phrases(typer.echo)
    _gap_rules(typer.echo, segmenter)
    _whole(typer.echo, segmenter)
    _shipped(typer.echo, segmenter)


if __name__ == "__main__":
    typer.run(main)
