"""How accurate the shipped Chinese rules are on real text: ``python -m streams.bench.accuracy FOLDER``.

The folder holds ``cold/dev.csv`` (COLDataset: comments, 1 = offensive) and ``teleantifraud/*.jsonl``
(TeleAntiFraud: service dialogues by kind, fraud calls by type). Rules were written with the development
half in sight, so the held-out half counts: a text belongs to it where the SHA-256 of its words is odd.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import Struct
from rich.table import Table

from processors.classification import load_ruleset, shipped_ruleset
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.records.terms import Channel, FindingKind, Role, Verdict
from streams.cli.console import OutputFormat, console, print_json
from streams.evaluation.rule_accuracy import (
    Judge,
    Tally,
    judge_with,
    kept_by_rule,
    primary_reason,
    reason_accuracy,
    told_rules,
)

ABUSE = frozenset({"abusive-language", "customer-insult", "customer-threat"})
PROMISES = frozenset({"forbidden-promise", "pressure-selling"})
FALLBACK = "consult/general"
_AGAINST_BIAS = re.compile("歧视|偏见|平等|尊重|刻板|一概而论|地域黑|公平")
ACCEPTED = {
    "订餐服务": frozenset({"order/meal", "order/place", "booking/make"}),
    "外卖服务": frozenset({"order/meal", "order/place", "order/logistics"}),
    "打车服务": frozenset({"travel/ride"}),
    "交通咨询": frozenset({"travel/route", "travel/ticket"}),
    "预约服务": frozenset({"booking/make", "booking/change"}),
    "日常购物": frozenset({"order/place", "product/query", "order/return", "order/repair"}),
}
"""Reasons that fit a kind of dialogue. An enquiry (咨询客服) may be about anything: any specific one fits."""


class Half(StrEnum):
    """Which half of the data is measured."""

    HELD_OUT = "held-out"
    DEVELOPMENT = "development"
    ALL = "all"

    def holds(self, words: str) -> bool:
        """Whether a text belongs to this half."""
        odd = int(hashlib.sha256(words.encode()).hexdigest(), 16) % 2 == 1
        return self is Half.ALL or odd is (self is Half.HELD_OUT)


class Dialogue(Struct, frozen=True):
    """A dialogue with the kind that its source gives it."""

    kind: str
    said: tuple[tuple[Role, str], ...]


def _dialogues(path: Path, half: Half) -> Iterator[Dialogue]:
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        sides = (one["left"], one["right"])
        if not half.holds("\n".join([*one["left"], *one["right"]])):
            continue
        turns = [
            (role, side[place].strip())
            for place in range(max(map(len, sides)))
            for role, side in zip((Role.AGENT, Role.CUSTOMER), sides, strict=True)
            if place < len(side) and side[place].strip()
        ]
        yield Dialogue(one["fraud_type"], tuple(turns))


def _abuse(path: Path, half: Half, judge: Judge) -> dict[str, Any]:
    """Offensive comments, as if a customer had written them in a chat."""
    tallies = {name: Tally() for name in ("certain", "certain or doubtful", "against bias, certain")}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            text = " ".join(row["TEXT"].split())
            if not text or not half.holds(row["TEXT"]):
                continue
            found = judge([(Role.CUSTOMER, text)], Channel.WEB)
            offensive = row["label"] == "1"
            certain = bool(ABUSE & told_rules(found, doubtful=False))
            tallies["certain"].add(offensive, certain)
            tallies["certain or doubtful"].add(offensive, bool(ABUSE & told_rules(found, doubtful=True)))
            if not offensive and _AGAINST_BIAS.search(text):
                tallies["against bias, certain"].add(False, certain)
    return {name: tally.shares() for name, tally in tallies.items()}


def _promises(fraud: list[Dialogue], normal: list[Dialogue], judge: Judge) -> dict[str, Any]:
    """Investment fraud is labelled; service dialogues must stay silent."""
    tally, by_type, calls = Tally(), Counter[str](), Counter[str]()
    for one in fraud:
        told = bool(PROMISES & told_rules(judge(one.said, Channel.VOICE), doubtful=False))
        calls[one.kind] += 1
        by_type[one.kind] += told
        if one.kind == "投资诈骗":
            tally.add(True, told)
    for one in normal:
        tally.add(False, bool(PROMISES & told_rules(judge(one.said, Channel.VOICE), doubtful=False)))
    types = {
        kind: {"calls": count, "told": round(by_type[kind] / count, 4)}
        for kind, count in sorted(calls.items())
    }
    return {"investment fraud against service": tally.shares(), "by type of fraud": types}


def _service(normal: list[Dialogue], judge: Judge) -> dict[str, Any]:
    """Reasons of service dialogues, and faults told of agents who made none."""
    judged = [(one.kind, judge(one.said, Channel.VOICE)) for one in normal]
    faults = Counter(
        finding.rule_id
        for _, found in judged
        for finding in found.findings
        if finding.kind is FindingKind.FAULT and finding.verdict is Verdict.HIT
    )
    reasons = [(kind, primary_reason(found)) for kind, found in judged]
    told = {reason for _, reason in reasons if reason not in (None, FALLBACK)}
    accepted = {**ACCEPTED, "咨询客服": frozenset(reason for reason in told if reason)}
    return {
        "reasons": reason_accuracy(reasons, accepted, FALLBACK),
        "faults told": {rule: {"dialogues": len(judged), "told": n} for rule, n in sorted(faults.items())},
    }


def _calls(manifest: Path) -> dict[str, Any]:
    """Findings on the true words against those on what the model hears; takes minutes."""
    from streams.cli.evaluate import _heard, _hearer
    from streams.evaluation import load_manifest
    from streams.evaluation.rule_recall import recall_of
    from streams.settings import Settings

    settings = Settings()
    done, refused = _heard(load_manifest(manifest), _hearer(settings), settings, quiet=True)
    outcomes = [outcome for call in done for outcome in call.outcomes]
    counted = recall_of(outcomes)
    found = counted.kept + counted.added
    return {
        "all rules": {
            "calls": len(done),
            "refused": len(refused),
            "recall kept": counted.recall and round(counted.recall, 4),
            "precision kept": round(counted.kept / found, 4) if found else None,
        },
        "by rule": {
            one.rule: {
                "true hits": one.true_hits,
                "kept": one.kept,
                "doubted": one.doubted,
                "added": one.added,
            }
            for one in kept_by_rule(outcomes)
        },
    }


def _show(measured: dict[str, Any]) -> None:
    for name, part in measured.items():
        if isinstance(part, str):
            console().print(f"{name}: {part}", soft_wrap=True)
            continue
        for title, rows in _tables(name, part):
            table = Table(title=title, title_justify="left", box=None, pad_edge=False)
            names = list(dict.fromkeys(key for row in rows.values() for key in row))
            table.add_column("")
            for key in names:
                table.add_column(key, justify="right")
            for label, row in rows.items():
                table.add_row(label, *(_cell(row.get(key)) for key in names))
            console().print(table, "")


def _tables(name: str, part: dict[str, Any]) -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    """A part as one table, or as one for each of its own parts."""
    rows = {label: row for label, row in part.items() if isinstance(row, dict)}
    deeper = {label: row for label, row in rows.items() if any(isinstance(one, dict) for one in row.values())}
    flat = {label: row for label, row in rows.items() if label not in deeper}
    if flat:
        yield name, flat
    for label, row in deeper.items():
        yield f"{name}: {label}", row


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def main(
    folder: Annotated[
        Path, typer.Argument(help="cold/dev.csv and teleantifraud/*.jsonl lie in it.", exists=True)
    ],
    half: Annotated[Half, typer.Option(help="Which half is measured.")] = Half.HELD_OUT,
    calls: Annotated[
        Path | None, typer.Option(help="Also hear the calls of this manifest: infra/demo/asr.yaml.")
    ] = None,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Measure the shipped Chinese rules."""
    ruleset = load_ruleset(shipped_ruleset("zh"))
    judge = judge_with(ruleset, Segmenter(load_lexicon("zh")))
    normal = list(_dialogues(folder / "teleantifraud" / "normal_dialogues.jsonl", half))
    (frauds,) = sorted((folder / "teleantifraud").glob("fraud_dialogues*.jsonl"))[:1]
    fraud = list(_dialogues(frauds, half))
    measured: dict[str, Any] = {
        "rules": f"{ruleset.id} {ruleset.hash[:12]}, {half} half",
        "abusive language, COLDataset dev.csv": _abuse(folder / "cold" / "dev.csv", half, judge),
        "promises and pressure, TeleAntiFraud": _promises(fraud, normal, judge),
        "service dialogues, TeleAntiFraud": _service(normal, judge),
    }
    if calls:
        measured["calls heard"] = _calls(calls)
    if output is OutputFormat.JSON:
        print_json(measured)
    else:
        _show(measured)


if __name__ == "__main__":
    typer.run(main)
