"""How well redaction finds and how much it leaves alone: ``python -m streams.bench.redaction [DATA...]``.

Finding is measured on invented personal data in some hundred forms, whose places are known. Leaving alone is
measured on sentences full of harmless numbers, and on texts of the user's own (``*.jsonl`` with ``left`` and
``right`` turns, ``*.csv`` with a TEXT column, else a text a line). Of those nobody knows what is personal.
Their masks are told apart by what speaks for them: the datum's own form (a telephone, an address with @), a
word for it right before (卡号, 尾号), or neither. ``--show`` prints those that lack a form, for a person to
judge.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import Struct
from msgspec.structs import replace

from processors.language.numerals import digit_runs
from processors.language.script import in_place
from processors.redaction import REDACTION_VERSION, Redacted, Span, redact
from processors.redaction.checks import kind_of
from processors.redaction.context import subject_of
from schemas.records.terms import Entity
from streams.bench.redaction_forms import AGENT, CLOSE, CUSTOMER, OPEN, Form, forms
from streams.bench.redaction_harmless import harmless
from streams.cli.console import OutputFormat, console, print_json

_SEEDS = (1, 2, 3)
_BY_FORM = frozenset({Entity.EMAIL, Entity.PLATE, Entity.ADDRESS})
_NEAR = 15
GROUNDS = ("form", "word before", "neither")
"""What speaks for a mask, the strongest first."""
_UNSPOKEN = re.compile(r"[\W_]+")

Conversation = Sequence[tuple[str, str]]
"""Turns as (party, text)."""


class Found(Struct, frozen=True, kw_only=True):
    """Of one kind: forms planted, forms of which a character stayed, forms with more masked than planted."""

    planted: int
    missed: int
    beyond: int


class LeftAlone(Struct, frozen=True, kw_only=True):
    """Of one set of texts: turns, characters, and masks by what speaks for them and by kind."""

    turns: int
    characters: int
    masks: dict[str, int]
    kinds: dict[str, int]
    formless: tuple[str, ...]


def recall(planted: Iterable[Form]) -> dict[Entity, Found]:
    """What is found of forms, by kind."""
    totals: Counter[Entity] = Counter()
    missed: Counter[Entity] = Counter()
    beyond: Counter[Entity] = Counter()
    for form in planted:
        totals[form.entity] += 1
        left, more = outcome(form)
        missed[form.entity] += left
        beyond[form.entity] += more
    return {
        entity: Found(planted=totals[entity], missed=missed[entity], beyond=beyond[entity])
        for entity in totals
    }


def outcome(form: Form) -> tuple[bool, bool]:
    """Whether a character of the planted datum stayed, and whether one of the rest was masked."""
    raw = [marked.replace(OPEN, "").replace(CLOSE, "") for _, marked in form.turns]
    left = more = False
    for (_, marked), text, redacted in zip(
        form.turns, raw, redact(raw, [party for party, _ in form.turns]), strict=True
    ):
        hidden = _hidden(text, redacted)
        for character, planted, masked in zip(text, _planted(marked), hidden, strict=True):
            left |= planted and not masked and _UNSPOKEN.fullmatch(character) is None
            more |= masked and not planted
    return left, more


def restraint(conversations: Iterable[Conversation]) -> LeftAlone:
    """What is masked in texts of which nobody knows what is personal."""
    turns = characters = 0
    kinds: Counter[str] = Counter()
    grounds = Counter(dict.fromkeys(GROUNDS, 0))
    formless: list[str] = []
    for conversation in conversations:
        texts = [text for _, text in conversation]
        turns += len(texts)
        characters += sum(map(len, texts))
        for text, redacted in zip(texts, redact(texts, [party for party, _ in conversation]), strict=True):
            for span in redacted.spans:
                ground = _ground(text, span)
                kinds[span.entity] += 1
                grounds[ground] += 1
                if ground != GROUNDS[0]:
                    formless.append(_excerpt(text, span))
    return LeftAlone(
        turns=turns,
        characters=characters,
        masks=dict(grounds),
        kinds=dict(sorted(kinds.items())),
        formless=tuple(formless),
    )


def conversations_of(path: Path) -> Iterator[Conversation]:
    """The texts of a file. Raises ``OSError``, and ``ValueError`` for what is not of its kind."""
    if path.is_dir():
        yield from chain.from_iterable(conversations_of(file) for file in sorted(path.glob("*.txt")))
        return
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".jsonl":
            yield from (_dialogue(json.loads(line)) for line in file if line.strip())
        elif path.suffix == ".csv":
            yield from (((CUSTOMER, row["TEXT"]),) for row in csv.DictReader(file))
        else:
            sides = (side.strip() for line in file for side in line.split("=>"))
            yield from (((CUSTOMER, side),) for side in sides if side)


def _dialogue(document: dict[str, Any]) -> Conversation:
    pairs = zip_longest(document["left"], document["right"])
    return [
        (party, text) for pair in pairs for party, text in zip((AGENT, CUSTOMER), pair, strict=True) if text
    ]


def _planted(marked: str) -> Iterator[bool]:
    inside = False
    for character in marked:
        if character in (OPEN, CLOSE):
            inside = character == OPEN
        else:
            yield inside


def _hidden(text: str, redacted: Redacted) -> list[bool]:
    hidden = [False] * len(text)
    for span in redacted.spans:
        hidden[span.raw_start : span.raw_end] = [True] * (span.raw_end - span.raw_start)
    return hidden


def _ground(text: str, span: Span) -> str:
    raw = in_place(text[span.raw_start : span.raw_end])
    digits = "".join(run.value for run in digit_runs(raw)) + ("X" if raw.endswith("x") else "")
    if span.entity in _BY_FORM or kind_of(digits) is not None:
        return GROUNDS[0]
    before = in_place(text[max(0, span.raw_start - _NEAR) : span.raw_start])
    return GROUNDS[1] if subject_of([before], 0, len(before), len(before)) is not None else GROUNDS[2]


def _excerpt(text: str, span: Span) -> str:
    before, after = text[max(0, span.raw_start - 20) : span.raw_start], text[span.raw_end : span.raw_end + 12]
    return f"{span.entity}: {before}{OPEN}{text[span.raw_start : span.raw_end]}{CLOSE}{after}"


def main(
    data: Annotated[list[Path] | None, typer.Argument(help="Files or folders of texts.", exists=True)] = None,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
    show: Annotated[
        bool, typer.Option(help="Print masks without a form, raw: for public data only.")
    ] = False,
) -> None:
    """Measure redaction on invented forms, harmless sentences and the texts given."""
    found = recall(chain.from_iterable(forms(seed) for seed in _SEEDS))
    alone = {"harmless sentences": restraint(harmless())}
    alone |= {path.name: restraint(conversations_of(path)) for path in data or []}
    if output is OutputFormat.JSON:
        shown = alone if show else {name: replace(text, formless=()) for name, text in alone.items()}
        print_json({"redaction_version": REDACTION_VERSION, "forms": found, "texts": shown})
        return
    _show(found, alone)
    for excerpt in chain.from_iterable(text.formless for text in alone.values()) if show else ():
        console().print(excerpt, markup=False, soft_wrap=True)


def _show(found: dict[Entity, Found], alone: dict[str, LeftAlone]) -> None:
    from rich.table import Table

    forms_table = Table("kind", "forms", "missed", "recall", "masked too much")
    for entity, one in sorted(found.items()):
        share = 1 - one.missed / one.planted
        forms_table.add_row(entity, str(one.planted), str(one.missed), f"{share:.1%}", str(one.beyond))
    console().print(forms_table)
    texts = Table("texts", "turns", "characters", "masks", *(f"by {ground}" for ground in GROUNDS))
    for name, text in alone.items():
        numbers = (text.turns, text.characters, sum(text.masks.values()), *text.masks.values())
        texts.add_row(name, *(f"{number:,}" for number in numbers))
    console().print(texts)


if __name__ == "__main__":
    typer.run(main)
