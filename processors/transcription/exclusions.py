"""Why a call is not judged, decided from the event alone or from what was heard.

Limits that are our own choice are set against the 16 demo calls, of which none may be excluded: there the
mean probability of the words is 0.69 (a call of four short turns) to 0.88, and no speech of a second stays
wordless.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from processors.language.script import normalise
from processors.language.units import spoken_units
from processors.transcription.engine import SpokenLanguage
from processors.transcription.hearing import language_code
from processors.transcription.measures import wordless_ms
from processors.transcription.turns import PartySpeech, SpokenTurn
from schemas.records.completed import InteractionCompleted
from schemas.records.terms import NEVER_SERVED, Consent, Disposition, ExclusionReason, Role

# Speech that long must have given some word.
_WORDLESS_SPEECH_MS = 2_000
# Mean probability of all words below which the recogniser guessed throughout: a fan or a crowd taken for
# speech stays below 0.25.
_GUESSING = 0.3
# Share of the speech without a word above which what was heard does not tell what was said.
_MOSTLY_WORDLESS = 0.5
_JUDGED = frozenset({"zh", "cmn", "en"})
# ISO 639-3 codes of the Sinitic languages that are written as dialects of Chinese.
_DIALECTS = frozenset({"yue", "wuu", "nan", "hak", "gan", "hsn", "cdo", "mnp", "cjy", "cpx", "czh", "czo"})
_SURELY_OTHER = 0.8
_HARDLY_STATED = 0.1
_MOST_BESIDE = 20
_VOICEMAIL = re.compile(
    r"拨(打|叫)的(电话|用户|号码|手机).{0,12}(无人接听|无法接通|不在服务区|已?关机|正忙|已?停机|正在通话|不能接听)"
    r"|(提示音|嘀|滴|哔|哗).{0,4}(声|音)?(之?后|结束后).{0,4}留言|语音(信箱|邮箱|留言)|留言(请按|信箱)|转(接|入)至?语音"
    r"|leave (a|your)( \w+)? message|after the (tone|beep)|reached the voice ?mail|voice ?mail (box|system)"
    r"|(person|number|customer|subscriber|party) you (have |are )?(called|calling|dial|trying to reach)"
)


def excluded_unheard(completed: InteractionCompleted, languages: Collection[str]) -> ExclusionReason | None:
    """Why a call need not even be fetched, or None.

    Nobody served it (NO_SERVICE), consent was denied, nothing was recorded (NO_CONTENT), it ended in a voice
    mailbox (VOICEMAIL), or the language that the event states is none of the engine's ``languages`` or one
    without rules (LANGUAGE_UNSUPPORTED; DIALECT_UNSUPPORTED for a dialect of Chinese).
    """
    if completed.disposition in NEVER_SERVED and not completed.agents:
        return ExclusionReason.NO_SERVICE
    if completed.recording_consent is Consent.DENIED:
        return ExclusionReason.CONSENT_DENIED
    if not completed.recordings:
        return ExclusionReason.NO_CONTENT
    if completed.disposition is Disposition.VOICEMAIL:
        return ExclusionReason.VOICEMAIL
    language = language_code(completed.language)
    if not language or language in languages and language in _JUDGED:
        return None
    dialect = language in _DIALECTS
    return ExclusionReason.DIALECT_UNSUPPORTED if dialect else ExclusionReason.LANGUAGE_UNSUPPORTED


def excluded_heard(parties: Sequence[PartySpeech], turns: Sequence[SpokenTurn]) -> ExclusionReason | None:
    """Why what was heard cannot be judged, or None.

    NO_CONTENT where nobody speaks; UNINTELLIGIBLE where somebody speaks for two seconds without a word, where
    more than half of the speech is without one, or where the words' mean probability is below 0.3; VOICEMAIL
    where the called side is an announcement or a mailbox.
    """
    speech_ms = sum(span.length_ms for party in parties for span in party.speech)
    if not turns:
        wordless = speech_ms >= _WORDLESS_SPEECH_MS
        return ExclusionReason.UNINTELLIGIBLE if wordless else ExclusionReason.NO_CONTENT
    probabilities = [word.probability for turn in turns for word in turn.words]
    guessed = sum(probabilities) / len(probabilities) < _GUESSING
    if guessed or wordless_ms(parties) > _MOSTLY_WORDLESS * speech_ms:
        return ExclusionReason.UNINTELLIGIBLE
    return ExclusionReason.VOICEMAIL if _is_voicemail(turns) else None


def foreign_language(stated: str | None, spoken: Sequence[SpokenLanguage]) -> str | None:
    """The language that is spoken instead of the stated one, or None.

    ``spoken`` are the engine's mean probabilities over the call. Another language must have at least 0.8 and
    the stated one less than 0.1: short calls of a few words are often taken for a neighbouring language.
    """
    language = language_code(stated)
    if not language or not spoken:
        return None
    told = {one.language: one.probability for one in spoken}
    other = max(told, key=lambda code: told[code])
    surely = told[other] >= _SURELY_OTHER and told.get(language, 0.0) < _HARDLY_STATED
    return other if surely and other != language else None


def _is_voicemail(turns: Sequence[SpokenTurn]) -> bool:
    """Whether the side that was called says an announcement and next to nothing beside it."""
    called = [turn for turn in turns if turn.party is not Role.AGENT]
    texts = [normalise(turn.text).text for turn in called]
    announced = [_VOICEMAIL.search(text) is not None for text in texts]
    beside = sum(spoken_units(t, "zh") for t, machine in zip(texts, announced, strict=True) if not machine)
    return any(announced) and beside < _MOST_BESIDE
