"""``callqa``: one door for operators, rule writers and upstream teams.

Commands import what they need when they run, so that ``callqa --help`` loads neither Faust nor a model.
"""

from __future__ import annotations

import typer

from streams.cli import (
    audit,
    chaos,
    db,
    dead_letters,
    demo,
    doctor,
    evaluate,
    mask,
    model,
    publish,
    replay,
    report,
    rules,
    rules_check,
    rules_classify,
    stack,
    status,
    topics,
    trace,
    train,
    transcribe,
    worker,
)

app = typer.Typer(
    name="callqa",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="全量质检: judge every interaction of a contact centre. Kafka in, ClickHouse out.",
)
app.command("demo")(demo.demo)
app.command("up")(stack.up)
app.command("down")(stack.down)
app.command("worker")(worker.worker)
app.command("publish")(publish.publish)
app.command("status")(status.status)
app.command("trace")(trace.trace)
app.command("audit")(audit.audit)
app.command("chaos")(chaos.chaos)
app.command("replay")(replay.replay)
app.command("report")(report.report)
app.command("transcribe")(transcribe.transcribe)
app.command("mask")(mask.mask)
app.command("classify")(rules_classify.classify_file)
app.command("doctor")(doctor.doctor)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(topics.app, name="topics")
app.add_typer(db.app, name="db")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(model.app, name="model")
app.add_typer(train.app, name="train")
rules_check.register(rules.app)
app.add_typer(rules.app, name="rules")

if __name__ == "__main__":
    app()
