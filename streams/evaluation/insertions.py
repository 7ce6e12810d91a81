"""Words of the domain that were heard more often than they were said: what hot words put into the text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from processors.language.lexicon import Lexicon
from processors.language.script import normalise
from processors.transcription import Listened
from schemas.records.terms import Role
from streams.evaluation.manifest import ReferenceTurn


def added_terms(
    truth: Iterable[ReferenceTurn], listened: Listened, lexicons: Mapping[str, Lexicon]
) -> Counter[str]:
    """How often each domain word was heard too often, over all parties of one call."""
    lexicon = lexicons.get(listened.language.split("-", maxsplit=1)[0])
    if lexicon is None:
        return Counter()
    said, heard = (
        _texts((turn.role, turn.text) for turn in truth),
        _texts((turn.party, turn.text) for turn in listened.turns),
    )
    added: Counter[str] = Counter()
    for term in map(str.lower, lexicon.terms):
        for role in {*said, *heard}:
            added[term] += max(0, heard[role].count(term) - said[role].count(term))
    return +added


def _texts(turns: Iterable[tuple[Role, str]]) -> dict[Role, str]:
    texts: dict[Role, str] = defaultdict(str)
    for role, text in turns:
        # A mark keeps two turns from making a word together.
        texts[role] += normalise(text).text + ","
    return texts
