"""Word lists of a rule set beside its rules: synonyms, words that quote or negate, words of sentiment."""

from __future__ import annotations

from collections.abc import Sequence

from processors.classification.expressions import Expression, parse_expressions
from processors.classification.grammar import Grammar
from processors.classification.negation import NegationWords
from processors.classification.quoting import QuotingWords
from processors.classification.sentiment import SentimentLexicon
from processors.classification.source import Cursor


def read_synonyms(documents: Sequence[Cursor], grammar: Grammar) -> None:
    """``synonyms: {套餐: [套餐, 资费, 月租]}``; a phrase may then say ``换<套餐>``."""
    for document in documents:
        part = document.get("synonyms")
        for name, words in part.entries() if part else ():
            if name in grammar.synonyms:
                words.fail(f"synonyms '{name}' exist already; merge the two lists")
            grammar.synonyms[name] = words.texts()


def read_quoting(documents: Sequence[Cursor], grammar: Grammar) -> QuotingWords:
    """``quoting: {phrases: [他说, 您说我], reach: 8}``, reach in characters."""
    phrases: set[int] = set()
    reach = QuotingWords().reach
    for document in documents:
        part = document.get("quoting")
        if part is None:
            continue
        part.mapping(("phrases", "reach"), ("phrases",))
        phrases.update(grammar.phrases(part.child("phrases")))
        stated = part.get("reach")
        reach = stated.whole() if stated else reach
    return QuotingWords(frozenset(phrases), reach)


def read_negation(documents: Sequence[Cursor], grammar: Grammar) -> NegationWords:
    """``negation: {before: [REGEX], after: [REGEX]}``, right before or right after what is negated."""
    before: list[Expression] = []
    after: list[Expression] = []
    for document in documents:
        part = document.get("negation")
        if part is None:
            continue
        part.mapping(("before", "after"))
        before.extend(parse_expressions(part.get("before"), grammar.synonyms))
        after.extend(parse_expressions(part.get("after"), grammar.synonyms))
    return NegationWords(tuple(before), tuple(after))


def read_sentiment(documents: Sequence[Cursor], grammar: Grammar) -> SentimentLexicon:
    """``sentiment: {positive: [...], negative: [...], negators: [...], reach: 2}``."""
    words: dict[str, set[int]] = {"positive": set(), "negative": set(), "negators": set()}
    reach = SentimentLexicon().reach
    for document in documents:
        part = document.get("sentiment")
        for key, cursor in part.mapping((*words, "reach")).entries() if part else ():
            if key == "reach":
                reach = cursor.whole()
            else:
                words[key].update(grammar.phrases(cursor))
    return SentimentLexicon(
        frozenset(words["positive"]), frozenset(words["negative"]), frozenset(words["negators"]), reach
    )
