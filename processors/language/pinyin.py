"""How Chinese text sounds, without tones, and which sounds a recogniser and a dialect confuse.

Readings come from pypinyin: of a phrase by its dictionary of phrases (银行 is yin hang), of heard text
by character, since the words in it may be wrong.
"""

from __future__ import annotations

from functools import lru_cache

from processors.language.script import is_han

# Rare readings (还 as fu) would only add false likenesses.
_READINGS_PER_CHARACTER = 3

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
# Retroflex and flat (四 shi/si), n and l and r, f and h: confused in southern speech and on the telephone.
_FUZZY_INITIAL = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l", "f": "h"}
# Front and back nasals.
_FUZZY_FINAL = {"ang": "an", "eng": "en", "ing": "in", "iang": "ian", "uang": "uan", "ueng": "uen"}
# Voiced differently but made at one place of the mouth.
_PLACE = {"p": "b", "t": "d", "k": "g", "q": "j", "c": "z"}


@lru_cache(maxsize=8192)
def readings(character: str) -> tuple[str, ...]:
    """Toneless readings of one Chinese character, the most frequent first; empty for any other."""
    if not is_han(character):
        return ()
    from pypinyin import Style, pinyin

    heard = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(heard[0][:_READINGS_PER_CHARACTER]) if heard else ()


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """The toneless syllable of each Chinese character of ``text`` in its phrase; others are left out."""
    from pypinyin import Style, lazy_pinyin

    han = "".join(filter(is_han, text))
    return tuple(lazy_pinyin(han, style=Style.NORMAL)) if han else ()


@lru_cache(maxsize=1024)
def _parts(syllable: str) -> tuple[str, str]:
    for initial in _INITIALS:
        if syllable.startswith(initial) and len(syllable) > len(initial):
            return initial, syllable[len(initial) :]
    return "", syllable


@lru_cache(maxsize=1024)
def fuzzy(syllable: str) -> str:
    """The class of ``syllable``: one key for all syllables that are confused with it."""
    initial, final = _parts(syllable)
    return _FUZZY_INITIAL.get(initial, initial) + _FUZZY_FINAL.get(final, final)


@lru_cache(maxsize=65536)
def near(one: str, other: str) -> bool:
    """Whether two syllables share a class, or begin alike, or end alike after a like-made consonant."""
    if fuzzy(one) == fuzzy(other):
        return True
    (initial1, final1), (initial2, final2) = _parts(fuzzy(one)), _parts(fuzzy(other))
    if initial1 == initial2:
        return True
    return final1 == final2 and _PLACE.get(initial1, initial1) == _PLACE.get(initial2, initial2)
