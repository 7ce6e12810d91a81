"""``callqa rules lint|test|explain|diff|bench``: what rule writers ask of a file, without Kafka and store."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, clear_errors

if TYPE_CHECKING:
    from processors.classification.classify import Judgement
    from processors.classification.conversation import Conversation
    from processors.classification.lint import Remark
    from processors.classification.ruleset import RuleSet
    from streams.rule_files import RuleTools

RuleFile = Annotated[Path, typer.Argument(help="Rule set, such as zh.yaml.", exists=True, dir_okay=False)]
RulesOption = Annotated[Path | None, typer.Option("--rules", help="Rule set; default: the shipped one.")]
Language = Annotated[str, typer.Option(help="zh or en, where no rule set is given.")]
Output = Annotated[OutputFormat, typer.Option("--output", help="table or json")]
_COLOURS = {"error": "red", "warning": "yellow", "note": "dim"}
_ROUNDS = 5


def lint_rules(
    file: RuleFile,
    notes: Annotated[bool, typer.Option(help="Show notes as well.")] = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Name what is legal and still a mistake: unreachable, contradictory, duplicate and over-broad rules.

    Exit codes: 0 nothing worse than a warning, 1 not readable, 4 an error.
    """
    from processors.classification.lint import Level, lint
    from streams.rule_files import rule_tools

    with clear_errors():
        remarks = lint(file, rule_tools(file, "zh").segmenter)
    shown = [remark for remark in remarks if notes or remark.level is not Level.NOTE]
    if output is OutputFormat.JSON:
        print_json([vars(remark) for remark in shown])
    else:
        _show_remarks(shown, Counter(remark.level.value for remark in remarks))
    if any(remark.level is Level.ERROR for remark in remarks):
        raise typer.Exit(ExitCode.REFUSED)


def _show_remarks(remarks: list[Remark], counts: Counter[str]) -> None:
    for remark in remarks:
        colour = _COLOURS[remark.level]
        place = f"{remark.file}:{remark.line} {remark.rule} ({remark.check})"
        console().print(
            f"[{colour}]{remark.level.value}[/{colour}] {place}: {remark.message}",
            soft_wrap=True,
        )
    console().print(f"{counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes")


def run_examples(file: RuleFile, output: Output = OutputFormat.TABLE) -> None:
    """Run every example of every rule. Exit codes: 0 all kept, 1 not readable, 4 a promise is broken."""
    from processors.classification.rehearsal import rehearse
    from streams.rule_files import rule_tools

    with clear_errors():
        tools = rule_tools(file, "zh")
        failures = list(rehearse(tools.ruleset, tools.segmenter))
    examples = sum(len(rule.examples) for rule in tools.ruleset.rules)
    if output is OutputFormat.JSON:
        print_json({"examples": examples, "broken": [vars(failure) for failure in failures]})
    else:
        for failure in failures:
            said = "/".join(verdict.value for verdict in failure.verdicts)
            promised = f"promised {failure.expected.value}, says {said}"
            console().print(f"[red]✗[/red] {failure.rule_id} line {failure.line}: {promised}", soft_wrap=True)
        console().print(f"{examples - len(failures)} of {examples} examples kept")
    if failures:
        raise typer.Exit(ExitCode.REFUSED)


def explain(
    file: Annotated[Path, typer.Argument(help="Event or transcript in JSON, or a dialogue.", exists=True)],
    rule: Annotated[str, typer.Option("--rule", help="Rule id.")],
    rules: RulesOption = None,
    language: Language = "zh",
    output: Output = OutputFormat.TABLE,
) -> None:
    """Why a rule says what it says of an interaction: verdict, operator path, words, times and values."""
    from processors.classification.classify import judge

    with clear_errors():
        tools, conversation = _conversation(file, rules, language)
    try:
        asked = tools.ruleset.rule(rule)
    except KeyError:
        fail(f"no rule '{rule}' in {tools.ruleset.id}")
    judgements = list(judge(asked, conversation, tools.ruleset))
    if output is OutputFormat.JSON:
        print_json([_receipt(tools.ruleset, judgement) for judgement in judgements])
        return
    console().print(f"{tools.ruleset.id} {asked.id} {asked.version} {tools.ruleset.hash[:12]}")
    for judgement in judgements:
        _show_judgement(judgement)


def _conversation(file: Path, rules: Path | None, language: str) -> tuple[RuleTools, Conversation]:
    from processors.classification.conversation import Conversation
    from streams.rule_files import read_interaction, rule_tools

    tools = rule_tools(rules, language)
    transcribed = read_interaction(file, tools.ruleset.language)
    if transcribed.transcript is None:
        reason = transcribed.exclusion.value if transcribed.exclusion else "no transcript"
        fail(f"nothing to explain: the interaction is excluded ({reason})")
    conversation = Conversation(
        transcribed.header, transcribed.transcript, tools.ruleset.search, tools.segmenter
    )
    return tools, conversation


def _receipt(ruleset: RuleSet, judgement: Judgement) -> dict[str, object]:
    return {
        "ruleset": ruleset.id,
        "ruleset_hash": ruleset.hash,
        "rule_id": judgement.rule.id,
        "rule_version": judgement.rule.version,
        "leg": judgement.leg,
        "verdict": judgement.verdict,
        "doubt": judgement.doubt,
        "evidence": judgement.evidence,
    }


def _show_judgement(judgement: Judgement) -> None:
    doubt = "" if judgement.doubt.value == "NONE" else f" ({judgement.doubt.value})"
    console().print(f"leg {judgement.leg}: [bold]{judgement.verdict.value}[/bold]{doubt}")
    for place in judgement.evidence:
        value = "" if place.value is None else f" {place.value} against {place.threshold} {place.unit or ''}"
        reading = f" sounds like {place.reading}" if place.reading else ""
        where = f"turn {place.turn} {place.start_ms}-{place.end_ms} ms"
        line = f"  {where} {place.operator}: {place.words}{reading}{value}"
        console().print(line, soft_wrap=True, markup=False)


def diff(
    before: RuleFile,
    after: RuleFile,
    output: Output = OutputFormat.TABLE,
) -> None:
    """What changes from one rule set to another: rules, and the verdicts on the examples of both."""
    from streams.rule_differences import differences
    from streams.rule_files import rule_tools

    with clear_errors():
        found = differences(rule_tools(before, "zh"), rule_tools(after, "zh"))
    if output is OutputFormat.JSON:
        print_json(found)
        return
    for name, ids in (("+", found.added), ("-", found.removed), ("~", found.changed)):
        for rule_id in ids:
            console().print(f"{name} {rule_id}")
    for change in found.verdicts:
        words = change.dialogue.replace("\n", " / ")
        console().print(
            f"  {change.rule_id}: {change.before} -> {change.after}  {words}", soft_wrap=True, markup=False
        )
    if not (found.added or found.removed or found.changed):
        console().print("no difference")


def bench(
    rules: RulesOption = None,
    language: Language = "zh",
    slowest: Annotated[int, typer.Option(help="How many rules to show.", min=1)] = 10,
    output: Output = OutputFormat.TABLE,
) -> None:
    """How long each rule takes over all examples of the rule set: microseconds a conversation."""
    from streams.rule_files import rule_tools

    with clear_errors():
        tools = rule_tools(rules, language)
    times = _times(tools)
    ranked = sorted(times.items(), key=lambda item: -item[1])[:slowest]
    if output is OutputFormat.JSON:
        print_json({rule_id: round(value, 2) for rule_id, value in ranked})
        return
    for rule_id, value in ranked:
        console().print(f"{value:9.1f} µs  {rule_id}")
    console().print(f"{sum(times.values()):9.1f} µs  all {len(times)} rules")


def _times(tools: RuleTools) -> dict[str, float]:
    from processors.classification.classify import judge
    from processors.classification.conversation import Conversation
    from processors.classification.rehearsal import staged

    told = [
        staged(example, tools.ruleset.language) for rule in tools.ruleset.rules for example in rule.examples
    ]
    spent: dict[str, float] = {rule.id: float("inf") for rule in tools.ruleset.rules}
    for _ in range(_ROUNDS):
        round_spent: Counter[str] = Counter()
        for header, transcript in told:
            conversation = Conversation(header, transcript, tools.ruleset.search, tools.segmenter)
            # What all rules share is found before the clock runs.
            _ = conversation.occurrences, conversation.sound_alikes
            for rule in tools.ruleset.rules:
                began = time.perf_counter_ns()
                list(judge(rule, conversation, tools.ruleset))
                round_spent[rule.id] += time.perf_counter_ns() - began
        for rule_id, nanoseconds in round_spent.items():
            spent[rule_id] = min(spent[rule_id], nanoseconds / 1000 / len(told))
    return spent


def register(app: typer.Typer) -> None:
    """Add the commands to ``callqa rules``."""
    app.command("lint")(lint_rules)
    app.command("test")(run_examples)
    app.command("explain")(explain)
    app.command("diff")(diff)
    app.command("bench")(bench)
