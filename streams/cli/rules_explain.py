"""``callqa rules explain``: why a rule says what it says, of a file or of a published interaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.connections import connected
from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, clear_errors

if TYPE_CHECKING:
    from processors.classification.ruleset import RuleSet
    from schemas.records.classified import Evidence
    from streams.explanation import Answer, Explanation, Recorded


def explain(
    source: Annotated[str, typer.Argument(help="Id of a published interaction, or a file: see `classify`.")],
    rule: Annotated[str, typer.Option("--rule", help="Rule id.")],
    rules: Annotated[
        Path | None,
        typer.Option("--rules", help="Rule set; default: that of the record, for a file the shipped one."),
    ] = None,
    language: Annotated[str, typer.Option(help="zh or en, where no rule set is given.")] = "zh",
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Why a rule says what it says of an interaction: verdict, operator path, words, times and values.

    Of an id, the verdict is computed again from the recorded transcript with the recorded rules, and
    compared with what was recorded. Exit codes: 0 explained, 1 error, 4 another verdict than recorded.
    """
    with clear_errors():
        if Path(source).is_file():
            found = _of_file(Path(source), rule, rules, language)
        else:
            found = _of_interaction(source, rule, rules)
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        _show(found)
    if any(answer.same is False for answer in found.answers):
        raise typer.Exit(ExitCode.REFUSED)


def _of_file(file: Path, rule: str, rules: Path | None, language: str) -> Explanation:
    from streams.explanation import Recorded
    from streams.rule_files import read_interaction, rule_tools

    tools = rule_tools(rules, language)
    transcribed = read_interaction(file, tools.ruleset.language)
    if transcribed.transcript is None:
        reason = transcribed.exclusion.value if transcribed.exclusion else "no transcript"
        fail(f"nothing to explain: the interaction is excluded ({reason})")
    return _explained(Recorded(transcribed, None), tools.ruleset, rule)


def _of_interaction(interaction_id: str, rule: str, rules: Path | None) -> Explanation:
    from processors.classification import load_ruleset
    from sinks.activations import ActivationStore
    from streams.configured_codec import configured_codec
    from streams.explanation import NothingRecorded, recorded

    with connected(store=rules is None) as connections:
        with connections.cluster() as cluster:
            try:
                what = recorded(cluster, configured_codec(connections.settings), interaction_id)
            except NothingRecorded as missing:
                fail(f"{missing}")
        if rules is not None:
            return _explained(what, load_ruleset(rules), rule)
        with connections.store() as client:
            return _explained(what, _ruleset_of(what, ActivationStore(client)), rule)


def _ruleset_of(what: Recorded, store: object) -> RuleSet:
    """The rules that made the recorded classification; the active ones where there is none yet."""
    from sinks.activations import ActivationStore
    from streams.rules import active_rulesets, current_activation

    assert isinstance(store, ActivationStore)
    was = what.classification
    activation = current_activation(store) if was is None else store.of(was.activation_seq)
    if activation is None:
        seq = was.activation_seq if was else 0
        fail(f"activation #{seq} is not in this store; give its rules with --rules")
    transcript = what.transcribed.transcript
    wanted = was.language if was else transcript.language if transcript else ""
    found = active_rulesets(activation).get(wanted)
    if found is None:
        fail(f"activation #{activation.seq} holds no rules for language '{wanted}'; give a file with --rules")
    return found


def _explained(what: Recorded, ruleset: RuleSet, rule: str) -> Explanation:
    from processors.language.lexicon import load_lexicon
    from processors.language.segmenter import Segmenter
    from streams.explanation import explained

    try:
        return explained(what, ruleset, Segmenter(load_lexicon(ruleset.language)), rule)
    except KeyError:
        fail(f"no rule '{rule}' in {ruleset.id}; `callqa rules list` names them")


def _show(found: Explanation) -> None:
    activation = "" if found.activation_seq is None else f" 启用 activation #{found.activation_seq}"
    rules = f"{found.ruleset_id} {found.rule_id} {found.rule_version} {found.ruleset_hash[:12]}"
    console().print(rules + activation, soft_wrap=True)
    if found.recorded_hash not in (None, found.ruleset_hash):
        recorded = f"[yellow]记录用的是其他规则 recorded with other rules[/yellow] {found.recorded_hash}"
        console().print(recorded, soft_wrap=True)
    for answer in found.answers:
        console().print(f"leg {answer.leg}: {_verdict(answer)}", soft_wrap=True)
        for place in answer.evidence:
            console().print(_place(place), soft_wrap=True, markup=False)


def _verdict(answer: Answer) -> str:
    doubt = "" if answer.doubt == "NONE" else f" ({answer.doubt})"
    shown = f"[bold]{answer.verdict.value}[/bold]{doubt}"
    if answer.same is None:
        return shown
    if answer.same:
        return f"{shown}  [green]✓ 与记录一致 same as recorded[/green]"
    before = answer.recorded.value if answer.recorded else "nothing"
    return f"{shown}  [red]✗ 记录为 recorded: {before}[/red]"


def _place(place: Evidence) -> str:
    value = "" if place.value is None else f" {place.value} against {place.threshold} {place.unit or ''}"
    reading = f" sounds like {place.reading}" if place.reading else ""
    where = f"turn {place.turn} {place.start_ms}-{place.end_ms} ms"
    return f"  {where} {place.operator}: {place.words}{reading}{value}"
