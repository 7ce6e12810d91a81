"""``callqa classify FILE``: what the rules find in one interaction, without Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from schemas.records.classified import Classification


def classify_file(
    file: Annotated[Path, typer.Argument(help="Event or transcript in JSON, or a dialogue.", exists=True)],
    rules: Annotated[Path | None, typer.Option("--rules", help="Rule set; default: the shipped one.")] = None,
    language: Annotated[str, typer.Option(help="zh or en, where no rule set is given.")] = "zh",
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Findings with their words, contact reasons and sentiment of one interaction or dialogue."""
    from processors.classification import classify
    from streams.rule_files import read_interaction, rule_tools

    with clear_errors():
        tools = rule_tools(rules, language)
        transcribed = read_interaction(file, tools.ruleset.language)
    classified = classify(transcribed, tools.ruleset, tools.segmenter, 0)
    if output is OutputFormat.JSON:
        print_json(classified)
    elif classified.classification is None:
        console().print(f"excluded: {classified.exclusion.value if classified.exclusion else ''}")
    else:
        _show(classified.classification)


def _show(found: Classification) -> None:
    for finding in found.findings:
        words = ", ".join(place.words for place in finding.evidence if place.words)
        line = (
            f"{finding.kind.value:9} {finding.verdict.value:9} {finding.rule_id} {finding.rule_name}  {words}"
        )
        console().print(line, soft_wrap=True, markup=False)
    for reason in found.reasons:
        mark = "*" if reason.primary else " "
        console().print(
            f"REASON  {mark} {reason.level1}/{reason.level2} ({reason.verdict.value})", markup=False
        )
    for mood in found.sentiment:
        console().print(f"MOOD      {mood.party.value} {mood.overall} shift {mood.shift}", markup=False)
