"""Words of a normalised text, with their places.

Chinese is cut by jieba with the lexicon's terms added, on a tokenizer of its own: no global state, and
neither read nor written is jieba's cache in the shared temporary folder. Rules match on these tokens, so
that 滚 does not hit 滚动.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

from processors.language.lexicon import Lexicon
from processors.language.script import normalise

PLACEHOLDER = re.compile(r"\[[\u4e00-\u9fff]{1,8}(?:\*[0-9X]{4})?\]", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_REMEMBERED_TEXTS = 4096


class Token(NamedTuple):
    """``text[start:end]``, a word or a placeholder."""

    start: int
    end: int
    text: str


class Segmenter:
    """Cuts texts into words. Building one for Chinese reads jieba's dictionary, about a second.

    Without hidden Markov model: unknown words fall into characters and never swallow their neighbours.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.language = lexicon.language
        self.lexicon_hash = lexicon.hash
        self._jieba = _tokenizer(lexicon.terms) if lexicon.language == "zh" else None
        self._lock = Lock()
        # The same greetings and menus come again and again.
        self._remembered = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._cut)

    def tokens(self, text: str) -> list[Token]:
        """Words in order, without punctuation and white space. A placeholder is one token."""
        return list(self._remembered(text))

    def add(self, terms: Iterable[str]) -> None:
        """Make each of ``terms`` one token from now on, for phrases of a rule set that jieba would cut."""
        if self._jieba is None:
            return
        with self._lock:
            for term in terms:
                self._jieba.add_word(normalise(term).text)
            self._remembered.cache_clear()

    def improbability(self, text: str) -> float:
        """Negative natural log probability of the likeliest words that ``text`` can be cut into.

        Words count by their frequency in jieba's dictionary, each by itself; 0 for nothing and for languages
        without that dictionary.
        """
        if self._jieba is None or not text:
            return 0.0
        route: dict[int, tuple[float, int]] = {}
        self._jieba.calc(text, self._jieba.get_DAG(text), route)
        return -route[0][0]

    def _cut(self, text: str) -> tuple[Token, ...]:
        return tuple(self._cut_around_placeholders(text))

    def _cut_around_placeholders(self, text: str) -> Iterator[Token]:
        last = 0
        for placeholder in PLACEHOLDER.finditer(text):
            yield from self._words(text, last, placeholder.start())
            yield Token(placeholder.start(), placeholder.end(), placeholder.group())
            last = placeholder.end()
        yield from self._words(text, last, len(text))

    def _words(self, text: str, start: int, end: int) -> Iterator[Token]:
        if self._jieba is None:
            for found in _WORD.finditer(text, start, end):
                yield Token(found.start(), found.end(), found.group())
            return
        for word in self._jieba.cut(text[start:end], HMM=False):
            if any(map(str.isalnum, word)):
                yield Token(start, start + len(word), word)
            start += len(word)


def _tokenizer(terms: Iterable[str]) -> Any:
    import jieba

    tokenizer = jieba.Tokenizer()
    # What Tokenizer.initialize does, less its cache file: several workers start at once, and the file
    # lies where any user of the machine could have put it.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for term in terms:
        tokenizer.add_word(normalise(term).text)
    return tokenizer
