"""From a draft to the transcript: the one place that redacts, normalises, names legs and gives the id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from processors.language.readings import Reader
from processors.language.script import normalise
from processors.redaction import Redacted, RedactionPolicy, redact
from processors.transcript.draft import DraftTurn, DraftWord, TranscriptDraft
from processors.transcript.legs import leg_of
from schemas.identity import content_hash, stable_id
from schemas.records.completed import AgentLeg
from schemas.records.transcribed import (
    Interruption,
    Loudness,
    RaisedVoice,
    Reading,
    Redaction,
    Silence,
    SpeechInterval,
    SystemStretch,
    Transcript,
    Turn,
    Word,
    columns_of,
)

# Columns that can change a verdict. The recogniser's probabilities differ between machines, and what is
# derived from the text needs no second count.
_DECIDING = ("turn_", "interval_", "interruption_", "silence_")
_NOT_DECIDING = frozenset(
    {
        *("turn_normalised", "turn_confidence", "turn_units_per_minute"),
        *("silence_announced", "silence_after", "silence_before"),
    }
)
# Columns of a later release count only where they hold something: what was heard before keeps its id.
_DECIDING_WHERE_ANY = (
    *("raised_", "doubts"),
    *("reading_turn", "reading_start", "reading_end", "reading_phrase"),
)

_DEFAULT = RedactionPolicy()


def assemble(draft: TranscriptDraft, policy: RedactionPolicy = _DEFAULT) -> Transcript:
    """The transcript of a draft, redacted by ``policy``, turns and intervals in time order.

    ``transcript_id`` follows from the hearing key and from everything that can change a verdict: parties,
    legs, times and redacted text.
    """
    drafted = sorted(draft.turns, key=lambda turn: turn.start_ms)
    redacted = redact([turn.text for turn in drafted], [turn.party for turn in drafted], policy)
    turns = [
        _turn(turn, masked.text, leg_of(turn, draft.agents, draft.zero_at))
        for turn, masked in zip(drafted, redacted, strict=True)
    ]
    intervals = sorted(draft.intervals, key=lambda interval: (interval.start_ms, interval.end_ms))
    interruptions = sorted(draft.interruptions, key=lambda interruption: interruption.start_ms)
    silences = sorted(draft.silences, key=lambda silence: silence.start_ms)
    transcript = Transcript(
        transcript_id="",
        hearing_key=draft.hearing_key,
        hearing=draft.hearing,
        language=draft.language,
        **columns_of("turn_", turns, Turn),
        **columns_of("word_", _words(drafted, redacted), Word),
        **columns_of("interval_", intervals, SpeechInterval),
        **columns_of("redaction_", _redactions(redacted), Redaction),
        **columns_of("interruption_", interruptions, Interruption),
        **columns_of("silence_", silences, Silence),
        **columns_of("system_", sorted(draft.system, key=lambda each: each.start_ms), SystemStretch),
        **columns_of("raised_", sorted(draft.raised, key=lambda each: each.start_ms), RaisedVoice),
        **columns_of("loudness_", draft.loudness, Loudness),
        doubts=draft.doubts,
        measures=draft.measures,
    )
    return _identified(transcript)


def with_legs(transcript: Transcript, agents: Sequence[AgentLeg], zero_at: int) -> Transcript:
    """A transcript heard earlier, for an event whose agent legs were corrected since.

    ``zero_at`` is the epoch ms of the transcript's time 0. The words stay; where a turn changes its leg
    the id changes with it, since another agent is judged.
    """
    legs = tuple(leg_of(turn, agents, zero_at) for turn in transcript.turns())
    return _identified(replace(transcript, turn_leg=legs))


def with_readings(transcript: Transcript, reader: Reader) -> Transcript:
    """A spoken transcript with what its words may have been where they make no sense, beside the words."""
    words: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for word in transcript.words():
        words[word.turn].append((word.start, word.end, word.probability))
    found = [
        Reading(
            turn=n,
            start=one.start,
            end=one.end,
            heard=one.heard,
            phrase=one.phrase,
            confidence=one.confidence,
            reason=one.reason,
        )
        for n, text in enumerate(transcript.turn_text)
        for one in reader.find_in(text, words[n])
    ]
    return _identified(replace(transcript, **columns_of("reading_", found, Reading)))


def _identified(transcript: Transcript) -> Transcript:
    content = [
        getattr(transcript, name)
        for name in Transcript.__struct_fields__
        if name.startswith(_DECIDING) and name not in _NOT_DECIDING
    ]
    content += [
        value
        for name in Transcript.__struct_fields__
        if name.startswith(_DECIDING_WHERE_ANY) and (value := getattr(transcript, name))
    ]
    identity = stable_id("transcript", transcript.hearing_key, content_hash(content))
    return replace(transcript, transcript_id=identity)


def _turn(turn: DraftTurn, text: str, leg: int) -> Turn:
    return Turn(
        party=turn.party,
        speaker_id=turn.speaker_id,
        leg=leg,
        kind=turn.kind,
        channel=turn.channel,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        text=text,
        normalised=normalise(text).text,
        confidence=turn.confidence,
        units_per_minute=turn.units_per_minute,
        automatic=turn.automatic,
        recalled=turn.recalled,
    )


def _redactions(redacted: Sequence[Redacted]) -> Iterator[Redaction]:
    for index, turn in enumerate(redacted):
        for span in turn.spans:
            yield Redaction(turn=index, start=span.start, end=span.end, entity=span.entity)


def _words(drafted: Sequence[DraftTurn], redacted: Sequence[Redacted]) -> Iterator[Word]:
    for index, (turn, masked) in enumerate(zip(drafted, redacted, strict=True)):
        last: Word | None = None
        for word in sorted(turn.words, key=lambda word: (word.start, word.end)):
            placed = _placed(index, word, masked)
            if last is not None and placed.start < last.end:
                last = _merged(last, placed)
                continue
            if last is not None:
                yield last
            last = placed
        if last is not None:
            yield last


def _placed(turn: int, word: DraftWord, masked: Redacted) -> Word:
    """The word in the redacted text; one that touches a masked place takes the whole placeholder in."""
    start, end = masked.offsets[word.start], masked.offsets[word.end]
    for span in masked.spans:
        if word.start < span.raw_end and span.raw_start < word.end:
            start, end = min(start, span.start), max(end, span.end)
    return Word(
        turn=turn,
        start=start,
        end=end,
        start_ms=word.start_ms,
        end_ms=word.end_ms,
        probability=word.probability,
    )


def _merged(one: Word, other: Word) -> Word:
    """One word for what shares a placeholder, so that the sound of all of it can be silenced."""
    return Word(
        turn=one.turn,
        start=min(one.start, other.start),
        end=max(one.end, other.end),
        start_ms=min(one.start_ms, other.start_ms),
        end_ms=max(one.end_ms, other.end_ms),
        probability=min(one.probability, other.probability),
    )
