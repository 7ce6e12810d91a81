"""``callqa train``: models that a centre makes of its own labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from processors.classification.learned import ReasonModel
    from streams.training.labels import Labels
    from streams.training.reasons import TrainingReport

app = typer.Typer(no_args_is_help=True, help="Train what is asked beside the rules.")
STORE = "clickhouse"
_SHOWN_CONFUSIONS = 10


@app.callback()
def _train() -> None:
    """Keep ``reasons`` a command of its own."""


@app.command("reasons")
def train_reasons(
    source: Annotated[
        str,
        typer.Option(
            "--from", help="CSV with label and dialogue (or text); or clickhouse: what agents clicked."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for reasons.npz and report.json.")],
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    limit: Annotated[
        int, typer.Option(min=1, help="From ClickHouse, at most so many interactions.")
    ] = 50_000,
    version: Annotated[str, typer.Option(help="Name of this model; default: from the data's hash.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it is worth, write nothing.")] = False,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Learn contact reasons from labels, and measure by cross-validation what the model is worth.

    Its label stands beside those of the rules, marked as machine-learned and with its confidence; it never
    deducts. Workers ask it where CALLQA_REASON_MODEL names its file. Needs the extra callqa[train].

    Exit codes: 0 done, 1 error, 2 wrong usage.
    """
    from processors.language.lexicon import load_lexicon
    from processors.language.segmenter import Segmenter
    from streams.training.reasons import train_reasons as train

    with clear_errors():
        labels = _labels(source, language, limit)
        progress = Console(stderr=True, highlight=False, quiet=output is OutputFormat.JSON)
        with progress.status(f"训练 training: {len(labels.examples)} 条 examples"):
            model, report = train(
                labels,
                Segmenter(load_lexicon(language)),
                data=source if source == STORE else Path(source).name,
                version=version or labels.hash[:12],
            )
        written = None if dry_run else _write(model, report, out)
    if output is OutputFormat.JSON:
        print_json({"written": written, "report": report})
        return
    _show(report)
    console().print(
        f"已保存 written: {written}" if written else "没有写入任何内容 nothing was written", soft_wrap=True
    )


def _labels(source: str, language: str, limit: int) -> Labels:
    from streams.training.labels import labels_from_csv, labels_from_store

    if source != STORE:
        return labels_from_csv(Path(source))
    from streams.cli.connections import connected

    with connected(kafka=False) as connections, connections.store() as client:
        return labels_from_store(client, language, limit)


def _write(model: ReasonModel, report: TrainingReport, folder: Path) -> str:
    import msgspec

    from processors.classification.learned import write_reason_model
    from streams.reason_models import MODEL_FILE, REPORT_FILE

    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL_FILE).write_bytes(write_reason_model(model))
    (folder / REPORT_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2))
    return str(folder / MODEL_FILE)


def _show(report: TrainingReport) -> None:
    from rich.table import Table

    table = Table(title=f"来电原因模型 Reason model {report.version}: {report.data}", title_justify="left")
    table.add_column("标签\nlabel", no_wrap=True)
    for name in ("条数\nexamples", "精确率\nprecision", "召回率\nrecall", "F1"):
        table.add_column(name, justify="right")
    for row in report.labels:
        table.add_row(row.label, str(row.examples), _share(row.precision), _share(row.recall), _share(row.f1))
    console().print(table)
    console().print(
        f"交叉验证 cross-validated ({report.folds} 折 folds, {report.examples}): "
        f"准确率 accuracy {_share(report.accuracy)}, "
        f"宏平均 macro F1 {_share(report.macro_f1)}; 全猜最多的 majority {_share(report.majority)}",
        soft_wrap=True,
    )
    console().print(
        f"给出标签 told {_share(report.told)} (精确率 precision {_share(report.told_precision)}), "
        f"确定 certain {_share(report.sure)} ({_share(report.sure_precision)}), "
        f"校准误差 calibration error {report.calibration_error:.3f}",
        soft_wrap=True,
    )
    for count, truth, choice in _confusions(report)[:_SHOWN_CONFUSIONS]:
        console().print(f"  混淆 confused {count} x {truth} → {choice}", soft_wrap=True)
    for label, count in report.left_out.items():
        console().print(f"  未用 left out {label}: {count}", soft_wrap=True, markup=False)


def _confusions(report: TrainingReport) -> list[tuple[int, str, str]]:
    names = [row.label for row in report.labels]
    found = [
        (count, names[truth], names[choice])
        for truth, row in enumerate(report.confusion)
        for choice, count in enumerate(row)
        if count and truth != choice
    ]
    return sorted(found, reverse=True)


def _share(value: Any) -> str:
    return "–" if value is None else f"{value:.1%}"
