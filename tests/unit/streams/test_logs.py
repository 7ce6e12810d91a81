"""Log lines are for machines: one JSON object each, and never what a person said."""

import json
import subprocess
import sys

SPOKEN = "我的身份证号码"

PROGRAM = """
import logging, sys
import structlog
from streams.logs import configure_logs

configure_logs(sys.argv[1], stage="scoring")
log = structlog.get_logger()
log.debug("debug.line")
log.info("stage.ready", count=3, queue="话费账单")
logging.getLogger("library").info("chatter")
logging.getLogger("library").warning("broker %s is gone", "b1")
loud = logging.getLogger("loud")
loud.setLevel(logging.DEBUG)
loud.debug("debug of a library with a level of its own")


def fails(spoken):
    raise ValueError(spoken)


try:
    fails(sys.argv[2])
except ValueError:
    logging.getLogger("library").exception("failed")
"""


def lines_of(level: str) -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, level, SPOKEN],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == ""
    assert SPOKEN not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_every_line_is_one_object_with_event_level_time_and_context():
    lines = lines_of("INFO")

    assert [line["event"] for line in lines] == ["stage.ready", "broker b1 is gone", "failed"]
    assert {line["stage"] for line in lines} == {"scoring"}
    assert [line["level"] for line in lines] == ["info", "warning", "error"]
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_values_stay_values_and_chinese_stays_readable():
    (ready,) = [line for line in lines_of("INFO") if line["event"] == "stage.ready"]

    assert (ready["count"], ready["queue"]) == (3, "话费账单")


def test_libraries_are_heard_from_warning_on_and_name_themselves():
    lines = lines_of("DEBUG")

    assert "debug.line" in [line["event"] for line in lines]
    assert {line["logger"] for line in lines if "logger" in line} == {"library"}


def test_a_level_above_silences_what_is_below():
    assert [line["event"] for line in lines_of("ERROR")] == ["failed"]


def test_an_exception_is_told_by_its_class_and_frames_without_its_text_and_without_values():
    (failed,) = [line for line in lines_of("INFO") if line["event"] == "failed"]

    assert failed["error"] == "ValueError"
    assert len(failed["frames"]) == 2
    assert "in fails" in failed["frames"][-1]
    assert "exc_info" not in failed
