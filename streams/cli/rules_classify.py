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
    reason_model: Annotated[
        Path | None, typer.Option(help="File of `callqa train reasons`; default: CALLQA_REASON_MODEL.")
    ] = None,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Findings with their words, contact reasons and sentiment of one interaction or dialogue."""
    from msgspec.structs import replace

    from processors.classification import classify
    from streams.reason_models import learned_reasons
    from streams.rule_files import read_interaction, rule_tools
    from streams.settings import Settings

    with clear_errors():
        tools = rule_tools(rules, language)
        transcribed = read_interaction(file, tools.ruleset.language)
        learned = learned_reasons(reason_model or Settings().reason_model).get(tools.ruleset.language)
    classified = classify(transcribed, tools.ruleset, tools.segmenter, 0)
    if learned and classified.classification and transcribed.transcript:
        beside = learned.beside(classified.classification, transcribed.transcript)
        classified = replace(classified, classification=beside)
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
        learned = "" if reason.confidence is None else f", 机器学习 machine-learned {reason.confidence:.2f}"
        line = f"REASON  {mark} {reason.level1}/{reason.level2} ({reason.verdict.value}{learned})"
        console().print(line, soft_wrap=True, markup=False)
    for mood in found.sentiment:
        console().print(f"MOOD      {mood.party.value} {mood.overall} shift {mood.shift}", markup=False)
