"""The one source of domain words, for hot words, tokens and readings, with a hash of its own.

Editing a rule therefore does not change what was heard, and editing a word list is seen in every result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import msgspec
import yaml
from msgspec import Struct

from schemas.identity import content_hash

_LONG_ENOUGH_TO_ACCUSE = 4


class Domain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of one subject, the most frequent first. No queues: it matters to every queue.

    A domain that is not ``hot`` stays out of the recogniser's prompt: nobody shall be heard to say an
    insult because the machine expected it.
    """

    name: str
    queues: tuple[str, ...] = ()
    hot: bool = True
    terms: tuple[str, ...]


class Lexicon(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Domain words of one language; ``opening`` is the sentence that tells the recogniser what it hears.

    ``phrases`` are said in any centre, word for word; too many for the prompt, they are only looked for by
    sound where heard text makes no sense.
    """

    language: str
    opening: str
    domains: tuple[Domain, ...]
    phrases: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 hex of the content, layout and comments of the file apart."""
        return content_hash(self)

    @property
    def terms(self) -> tuple[str, ...]:
        """Every word once, in the order of the file."""
        return tuple(dict.fromkeys(term for domain in self.domains for term in domain.terms))

    @property
    def readable(self) -> tuple[str, ...]:
        """Words and phrases that heard text may stand for.

        Of a domain that is not hot only the long ones: two syllables alike make nobody an insulter.
        """
        words = [
            term
            for domain in self.domains
            for term in domain.terms
            if domain.hot or len(term) >= _LONG_ENOUGH_TO_ACCUSE
        ]
        return tuple(dict.fromkeys((*words, *self.phrases)))

    def hot_words(self, queue: str | None, budget: int) -> str:
        """One sentence of the opening and as many words as ``budget`` characters hold.

        Words of the queue's domains and of those that matter to every queue come first, by turns: what
        every call says is as likely as what the queue's calls say. Then the rest, each domain giving one word
        in turn. A word that stands in the sentence already is left out. Half-width commas: the full-width one
        costs accuracy and brings stray characters (measured). The opening is kept even where it exceeds the
        budget.
        """
        end = "。" if self.language == "zh" else "."
        sentence = self.opening
        for term in self._by_importance(queue):
            said = sentence if self.language == "zh" else sentence.split(",")
            if term not in said and len(sentence) + len(term) + 2 <= budget:
                sentence += "," + term
        return sentence + end

    def _by_importance(self, queue: str | None) -> Iterator[str]:
        hot = [domain for domain in self.domains if domain.hot]
        own = [domain for domain in hot if queue is not None and queue in domain.queues]
        general = [domain for domain in hot if not domain.queues]
        rest = [domain for domain in hot if domain not in own and domain not in general]
        yield from _in_turn([list(_in_turn(_terms(own))), list(_in_turn(_terms(general)))])
        yield from _in_turn(_terms(rest))


def _terms(domains: list[Domain]) -> list[Sequence[str]]:
    return [domain.terms for domain in domains]


def _in_turn(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    for rank in range(max(map(len, lists), default=0)):
        for one in lists:
            if rank < len(one):
                yield one[rank]


def parse_lexicon(text: str) -> Lexicon:
    """A lexicon from YAML. Raises ``msgspec.ValidationError`` or ``yaml.YAMLError`` when it is malformed."""
    return msgspec.convert(yaml.safe_load(text), Lexicon)


@cache
def load_lexicon(language: str) -> Lexicon:
    """The lexicon that ships for ``language`` (zh-CN and en-US count as zh and en), read once.

    Raises ``LookupError`` for a language that has none.
    """
    name = f"{language.lower().replace('_', '-').split('-')[0]}.yaml"
    file = resources.files(__package__).joinpath(name)
    if not name.removesuffix(".yaml").isalpha() or not file.is_file():
        raise LookupError("no lexicon for this language")
    return parse_lexicon(file.read_text(encoding="utf-8"))
