"""``callqa rules``: which rules and scorecard count, what they say, and since when."""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.connections import connected
from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, clear_errors
from streams.cli.times import SITE_ZONE, local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sinks.activations import Activation, ActivationStore, RuleFile
    from streams.rule_texts import RuleChange
    from streams.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Activate rule sets and scorecards, and see what counted when.")
Output = Annotated[OutputFormat, typer.Option("--output", help="table or json")]
RulesetDir = Annotated[Path | None, typer.Option(help="Folder with zh.yaml and en.yaml.")]
ScorecardFile = Annotated[Path | None, typer.Option(help="Scorecard file.")]
Activated = Annotated[int | None, typer.Option("--seq", help="Activation; default: the one that counts now.")]
_SIGNS = {"added": "[green]+[/green]", "removed": "[red]-[/red]", "changed": "[yellow]~[/yellow]"}
_FAILURES_SHOWN = 20


@app.command("activate")
def activate(
    ruleset_dir: RulesetDir = None,
    scorecard: ScorecardFile = None,
    note: Annotated[str, typer.Option(help="Why, for whoever reads the history.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the files and show what would change.")
    ] = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Give the rules and the scorecard the next sequence. They count from now on; old scores stay as known.

    Running workers take them up after `callqa down` and `callqa up`; `callqa replay` applies them at once.

    Exit codes: 0 done, 1 error, 4 a rule contradicts its own examples.
    """
    from sinks.activations import ActivationStore
    from streams.rule_texts import changes
    from streams.rules import activate_configured

    with connected(kafka=False) as connections, connections.store() as client:
        settings = _chosen(connections.settings, ruleset_dir, scorecard)
        files = _checked(settings)
        store = ActivationStore(client)
        before = store.current()
        now_ms = time.time_ns() // 1_000_000
        after = (
            before
            if dry_run
            else activate_configured(store, settings, now_ms=now_ms, by=getpass.getuser(), note=note)
        )
    found = changes([*before.rulesets, before.scorecard] if before else [], files)
    if output is OutputFormat.JSON:
        seq = {"before": before.seq if before else None, "now": after.seq if after else None}
        print_json({"dry_run": dry_run, **seq, "files": _hashes(files), "changes": found})
        return
    _show_changes(found)
    if dry_run:
        console().print("没有启用任何内容 nothing was activated")
    elif before is not None and after is not None and before.seq == after.seq:
        console().print(f"未变化 unchanged: #{after.seq} 已启用 is active")
    elif after is not None:
        console().print(f"已启用 activated: #{after.seq}")
        console().print(
            "运行中的进程重启后采用 running workers take it up after `callqa down` and `callqa up`"
        )


@app.command("check")
def check_rules(
    ruleset_dir: RulesetDir = None, scorecard: ScorecardFile = None, output: Output = OutputFormat.TABLE
) -> None:
    """Read rule files and scorecard, and run every rule over its own examples. Needs no broker and no store.

    Exit codes: 0 in order, 1 not readable, 4 a rule contradicts its own examples.
    """
    from streams.settings import Settings

    with clear_errors():
        files = _checked(_chosen(Settings(), ruleset_dir, scorecard))
    if output is OutputFormat.JSON:
        print_json(_hashes(files))
        return
    for file in files:
        console().print(f"✓ {file.id}  {file.hash}", soft_wrap=True)


@app.command("list")
def list_rules(
    seq: Activated = None,
    language: Annotated[str | None, typer.Option(help="zh or en; default: both.")] = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """The active rules and what the scorecard does with each."""
    from rich.table import Table

    from streams.rule_texts import rule_lines

    found = _activation(seq)
    lines = [
        one
        for one in rule_lines(found.rulesets, found.scorecard)
        if language is None or one.language == language
    ]
    if output is OutputFormat.JSON:
        print_json({"seq": found.seq, "rules": lines})
        return
    table = Table(
        title=f"规则 Rules, 启用 activation #{found.seq}", title_justify="left", box=None, pad_edge=False
    )
    for name in ("规则\nrule", "名称\nname", "类型\nkind", "语言\nlanguage", "版本\nversion", "计分\nscore"):
        table.add_column(name, overflow="fold", no_wrap=name.startswith("规则"))
    for one in lines:
        name = one.name.get(one.language, "")
        table.add_row(one.rule_id, name, one.kind, one.language, one.version, ", ".join(one.effect) or "–")
    console().print(table)


@app.command("show")
def show_rule(
    rule_id: Annotated[str, typer.Argument(help="Id of a rule, as `rules list` shows it.")],
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    seq: Activated = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """A rule as it was activated, with its examples, and what the scorecard does with it."""
    from streams.rule_texts import rule_lines, rule_text

    found = _activation(seq)
    text = rule_text(found.rulesets, rule_id, language)
    if text is None:
        fail(f"{rule_id}: 没有这条规则 no such rule in {language}, activation #{found.seq}")
    (line,) = [
        one
        for one in rule_lines(found.rulesets, found.scorecard)
        if (one.rule_id, one.language) == (rule_id, language)
    ]
    if output is OutputFormat.JSON:
        print_json({"seq": found.seq, "rule": line, "text": text})
        return
    console().print(f"启用 activation #{found.seq}    计分 score: {', '.join(line.effect) or '–'}\n")
    console().print(text, markup=False, soft_wrap=True)


@app.command("history")
def history(output: Output = OutputFormat.TABLE) -> None:
    """Every activation, oldest first."""
    from rich.table import Table

    from sinks.activations import ActivationStore

    with connected(kafka=False) as connections, connections.store() as client:
        found = ActivationStore(client).history()
    if output is OutputFormat.JSON:
        print_json([_document(one) for one in found])
        return
    table = Table(title=f"启用历史 Activations ({SITE_ZONE})", title_justify="left", box=None, pad_edge=False)
    for name in ("#", "启用时间\nactivated", "启用人\nby", "规则与评分卡\nrules and scorecard", "说明\nnote"):
        table.add_column(name, overflow="fold")
    for one in found:
        files = "\n".join(f"{file.id} {file.hash[:12]}" for file in (*one.rulesets, one.scorecard))
        table.add_row(str(one.seq), local(one.activated_at), one.activated_by, files, one.note)
    console().print(table)


def _chosen(settings: Settings, ruleset_dir: Path | None, scorecard: Path | None) -> Settings:
    chosen = {"ruleset_dir": ruleset_dir, "scorecard": scorecard}
    return settings.model_copy(update={name: path for name, path in chosen.items() if path})


def _checked(settings: Settings) -> list[RuleFile]:
    """The files, every rule true to its own examples; anything else ends the command."""
    from processors.classification import load_ruleset
    from processors.classification.rehearsal import rehearse
    from processors.language.lexicon import load_lexicon
    from processors.language.segmenter import Segmenter
    from streams.rules import configured_rules

    rulesets, card = configured_rules(settings)
    broken = [
        f"{file.id}: {failure.rule_id}: the example {failure.expected.value} in line {failure.line} gives"
        f" {', '.join(failure.verdicts) or 'nothing'}"
        for file in rulesets
        for failure in rehearse(load_ruleset(file.text), Segmenter(load_lexicon(file.language)))
    ]
    if broken:
        more = [f"... and {len(broken) - _FAILURES_SHOWN} more"] if len(broken) > _FAILURES_SHOWN else []
        fail("\n".join([*broken[:_FAILURES_SHOWN], *more]), ExitCode.REFUSED)
    return [*rulesets, card]


def _activation(seq: int | None) -> Activation:
    from sinks.activations import ActivationStore
    from streams.rules import current_activation

    with connected(kafka=False) as connections, connections.store() as client:
        store = ActivationStore(client)
        return current_activation(store) if seq is None else _numbered(store, seq)


def _numbered(store: ActivationStore, seq: int) -> Activation:
    found = store.of(seq)
    if found is None:
        fail(f"#{seq}: 没有这次启用 no such activation; see `callqa rules history`")
    return found


def _show_changes(found: Sequence[RuleChange]) -> None:
    for one in found:
        console().print(f"{_SIGNS[one.change]} {one.file}: {one.part} {one.name}", soft_wrap=True)


def _hashes(files: Sequence[RuleFile]) -> dict[str, str]:
    return {file.id: file.hash for file in files}


def _document(one: Activation) -> dict[str, Any]:
    return {
        "seq": one.seq,
        "activated_at": one.activated_at,
        "activated_by": one.activated_by,
        "note": one.note,
        "rulesets": _hashes(one.rulesets),
        "scorecard": _hashes([one.scorecard]),
    }
