"""``callqa evaluate``: how well this machine judges, measured on material whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, clear_errors

if TYPE_CHECKING:
    from processors.transcription import Hearer
    from streams.evaluation import AsrEvaluation, CallEvaluation, EvaluatedCall
    from streams.evaluation.accuracy import Accuracy
    from streams.evaluation.asr import TimeErrors
    from streams.evaluation.rule_recall import Rules
    from streams.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Measure how well this machine hears.")

_GROUPS = {"party": "说话人 party", "agent": "坐席 agent", "queue": "队列 queue", "speed": "语速 speed /min"}
_LOST_SHOWN = 20


@app.callback()
def _evaluate() -> None:
    """Keep ``asr`` a command of its own."""


@app.command("asr")
def asr(
    manifest: Annotated[Path, typer.Argument(help="Recordings with their true words; infra/demo/asr.yaml.")],
    model: Annotated[str | None, typer.Option(help="Model name or folder; default: CALLQA_MODEL.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only calls of this id; repeatable.")] = None,
    by_call: Annotated[bool, typer.Option("--by-call", help="Show every call too.")] = False,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Hear recordings whose words are known, and compare: error rates, times, and findings that are lost.

    Rates are CER (WER where a language writes spaces) after the normaliser that is described in
    streams/evaluation/normaliser.py. Exit codes: 0 done, 1 error, 2 wrong usage, 3 a recording was refused.
    """
    from streams.evaluation import ManifestError, evaluate_asr, load_manifest
    from streams.settings import Settings

    with clear_errors():
        settings = Settings()
        settings = settings.model_copy(update={"model": model}) if model else settings
        try:
            calls = [one for one in load_manifest(manifest) if not only or one.call.id in only]
        except ManifestError as error:
            fail(str(error))
        if not calls:
            raise typer.BadParameter("no call of the manifest has such an id", param_hint="--only")
        hearer = _hearer(settings)
        done, refused = _heard(calls, hearer, settings, quiet=output is OutputFormat.JSON)
    if not done:
        fail("every recording was refused: " + "; ".join(f"{name} {why}" for name, why in refused.items()))
    evaluation = evaluate_asr(done, hearer.engine.info)
    if output is OutputFormat.JSON:
        print_json(_document(evaluation, refused))
    else:
        _show(evaluation, refused, by_call=by_call)
    if refused:
        raise typer.Exit(ExitCode.SOME_DEAD_LETTERED)


def _hearer(settings: Settings) -> Hearer:
    from streams.asr_child.configured import configured_child
    from streams.asr_child.engines import whisper

    return whisper(**configured_child(settings).arguments)


def _heard(
    calls: Sequence[EvaluatedCall], hearer: Hearer, settings: Settings, *, quiet: bool
) -> tuple[list[CallEvaluation], dict[str, str]]:
    from rich.progress import track

    from processors.language.lexicon import load_lexicon
    from streams.evaluation import evaluate_call
    from streams.recordings import RecordingMissing, RecordingRejected

    lexicons = {language: load_lexicon(language) for language in ("zh", "en")}
    rules = _rules(settings)
    done: list[CallEvaluation] = []
    refused: dict[str, str] = {}
    errors = Console(stderr=True, highlight=False)
    for one in track(calls, description="识别 hearing", console=errors, disable=quiet):
        try:
            done.append(evaluate_call(one, hearer, lexicons, rules))
        except RecordingRejected as refusal:
            refused[one.call.id] = f"{refusal.reason}: {refusal.detail}"
        except RecordingMissing as missing:
            refused[one.call.id] = f"RECORDING_MISSING: {missing}"
    return done, refused


def _rules(settings: Settings) -> dict[str, Rules]:
    from processors.classification import load_ruleset
    from processors.language.lexicon import load_lexicon
    from processors.language.segmenter import Segmenter
    from streams.evaluation.rule_recall import Rules
    from streams.rules import configured_rules

    files, _ = configured_rules(settings)
    return {
        file.language: Rules(
            ruleset=load_ruleset(file.text), segmenter=Segmenter(load_lexicon(file.language))
        )
        for file in files
    }


def _document(evaluation: AsrEvaluation, refused: dict[str, str]) -> dict[str, Any]:
    return {
        "engine": evaluation.info,
        "normaliser_version": evaluation.normaliser_version,
        "real_time_factor": round(evaluation.real_time_factor, 4),
        "cer": _rate(evaluation.characters),
        "cer_with_readings": _rate(evaluation.read),
        "wer": _rate(evaluation.words) if evaluation.words else None,
        "by": {
            kind: {name: _rate(one) for name, one in names.items()}
            for kind, names in evaluation.groups.items()
        },
        "by_with_readings": {
            kind: {name: _rate(one) for name, one in names.items()}
            for kind, names in evaluation.read_groups.items()
        },
        "domain_words_nobody_said": dict(evaluation.added),
        "word_times": evaluation.word_times,
        "borders": evaluation.borders,
        "rules": {
            "recall": evaluation.rules.recall,
            "counts": evaluation.rules,
            "changed": [
                outcome
                for call in evaluation.calls
                for outcome in call.outcomes
                if outcome.truth is not outcome.heard
            ],
        },
        "refused": refused,
    }


def _rate(accuracy: Accuracy) -> dict[str, Any]:
    rate = accuracy.rate
    return {
        "rate": None if rate is None else round(rate, 4),
        "units": accuracy.units,
        "substitutions": accuracy.substitutions,
        "deletions": accuracy.deletions,
        "insertions": accuracy.insertions,
    }


def _show(evaluation: AsrEvaluation, refused: dict[str, str], *, by_call: bool) -> None:
    from rich.table import Table

    info, out = evaluation.info, console()
    out.print(f"{info.name} {info.version}  {info.model}  {info.options}", soft_wrap=True)
    table = Table()
    table.add_column("分组\ngroup", no_wrap=True, overflow="ellipsis")
    for name in (
        "字数\nunits",
        "字错率\nCER",
        "推读\nread",
        "替换\nsubst.",
        "漏\ndel.",
        "多\nins.",
    ):
        table.add_column(name, justify="right", no_wrap=True, min_width=5)
    _add_row(table, "全部 all", evaluation.characters, evaluation.read)
    if evaluation.words:
        _add_row(table, "词错率 WER", evaluation.words, None)
    kinds = {**_GROUPS, "call": "通话 call"} if by_call else _GROUPS
    for kind, title in kinds.items():
        table.add_section()
        for name, accuracy in evaluation.groups[kind].items():
            _add_row(table, f"{title}: {name}", accuracy, evaluation.read_groups[kind].get(name))
    out.print(table)
    _show_times("词时间 word times", evaluation.word_times)
    _show_times("话轮边界 turn borders", evaluation.borders)
    _show_added(evaluation.added)
    _show_rules(evaluation)
    out.print(f"实时率 real-time factor {evaluation.real_time_factor:.3f}")
    for name, why in refused.items():
        out.print(f"[red]拒绝 refused[/red] {name}: {why}", soft_wrap=True)


def _add_row(table: Any, name: str, accuracy: Accuracy, read: Accuracy | None) -> None:
    rates = ("–" if one is None or one.rate is None else f"{one.rate:.1%}" for one in (accuracy, read))
    counts = (accuracy.substitutions, accuracy.deletions, accuracy.insertions)
    table.add_row(name, str(accuracy.units), *rates, *(str(count) for count in counts))


def _show_added(added: Mapping[str, int]) -> None:
    listed = ", ".join(f"{term} {count}" for term, count in sorted(added.items(), key=lambda one: -one[1]))
    console().print(f"无人说过的业务词 domain words nobody said: {listed or 0}", soft_wrap=True)


def _show_times(title: str, times: TimeErrors | None) -> None:
    if times is not None:
        console().print(
            f"{title}: 中位 median {times.median_ms:.0f} ms, p95 {times.p95_ms:.0f} ms, "
            f"≤ 0.3 s {times.within_300_ms:.1%} (n={times.count})",
            soft_wrap=True,
        )


def _show_rules(evaluation: AsrEvaluation) -> None:
    out, rules = console(), evaluation.rules
    if rules.recall is None and not rules.added:
        return
    recall = "–" if rules.recall is None else f"{rules.recall:.1%}"
    out.print(
        f"规则召回 rule recall {recall}: 命中 hits {rules.hits}, 保留 kept {rules.kept}, "
        f"存疑 weakened {rules.weakened}, 丢失 lost {rules.lost}, 多出 added {rules.added}",
        soft_wrap=True,
    )
    changed = [
        one
        for call in evaluation.calls
        for one in call.outcomes
        if one.truth is not one.heard and "HIT" in (one.truth, one.heard)
    ]
    for one in changed[:_LOST_SHOWN]:
        before, after = (verdict or "–" for verdict in (one.truth, one.heard))
        out.print(f"  {one.call}  {one.rule}: {before} → {after}", soft_wrap=True)
    if len(changed) > _LOST_SHOWN:
        out.print(f"  ... {len(changed) - _LOST_SHOWN} more: --output json")
