"""``callqa rules lint|test|explain|diff|bench``: what rule writers ask of a file, without Kafka and store."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import ExitCode, clear_errors
from streams.cli.rules_explain import explain

if TYPE_CHECKING:
    from processors.classification.lint import Remark
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
