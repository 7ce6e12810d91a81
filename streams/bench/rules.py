"""What rules cost: ``python -m streams.bench.rules``.

One run, one process: the ways take turns round by round and the best round of each counts, in CPU time.
Every ratio says how many times the first way takes as long as the second.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from processors.classification import load_ruleset, shipped_ruleset
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from streams.bench.rounds import Ratio
from streams.bench.rule_measures import (
    Size,
    gap_ratios,
    phrase_ratios,
    shipped_ratios,
    token_ratios,
    whole_ratios,
)
from streams.cli.console import OutputFormat, console, print_json


def ratios(size: Size) -> Iterator[Ratio]:
    """Every measure; raises ``OtherResult`` where two ways that should agree do not."""
    segmenter = Segmenter(load_lexicon("zh"))
    shipped = load_ruleset(shipped_ruleset("zh"))
    yield from phrase_ratios(size)
    yield from gap_ratios(size, segmenter)
    yield from whole_ratios(size, segmenter, shipped)
    yield from token_ratios(size, segmenter, shipped)
    yield from shipped_ratios(size, segmenter, shipped)


def main(
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
    save: Annotated[Path | None, typer.Option(help="Write the measures to this JSON file as well.")] = None,
) -> None:
    """Measure everything and print the ratios, ✓ and ✗ beside those that have a goal."""
    found = []
    for ratio in ratios(Size()):
        found.append(ratio)
        if output is OutputFormat.TABLE:
            _show(ratio)
    document = {"machine": f"{platform.machine()}, Python {platform.python_version()}", "ratios": found}
    if output is OutputFormat.JSON:
        print_json(document)
    if save is not None:
        save.write_bytes(msgspec.json.format(msgspec.json.encode(document)))


def _show(ratio: Ratio) -> None:
    sign = {True: "✓", False: "✗", None: " "}[ratio.met]
    goal = "" if ratio.goal is None else f"  ({'at most' if ratio.at_most else 'at least'} {ratio.goal:g})"
    console().print(f"{sign} {ratio.value:9.4g} {ratio.unit:2}  {ratio.name}{goal}", soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
