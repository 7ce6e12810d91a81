"""``callqa dead-letters`` on a running pipeline: recordings that were missing, arrived, or stay corrupt."""

import json
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from schemas.codec import Codec
from schemas.records.completed import InteractionCompleted
from schemas.topics import COMPLETED
from streams.chaos.load import Load, LoadRecord
from streams.chaos.recordings import absent, write_corrupt, write_recordings
from streams.operations.cluster import Cluster
from streams.operations.publish import OutgoingRecord, publish

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]


@dataclass
class SetAside:
    """Calls that transcription gave up: one whose recording may still come, two that are corrupt."""

    stack: Any
    late: LoadRecord
    late_file: Path
    corrupt: LoadRecord
    corrupt_again: LoadRecord

    def json(self, *arguments: str, code: int = 0) -> Any:
        done = self.stack.callqa("dead-letters", *arguments, "--output", "json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def place(self, record: LoadRecord) -> str:
        (letter,) = self.json("list", "--interaction", record.key)["letters"]
        return str(letter["place"])


@pytest.fixture(scope="module")
def set_aside(disturbed: Any) -> SetAside:
    folder = disturbed.settings.data_dir / "recordings"
    load = Load(771, time.time_ns() // 1_000_000)
    (late,) = load.call(absent(folder))
    corrupt, corrupt_again = (load.call(write_corrupt(folder, 5))[0] for _ in range(2))
    records = [
        OutgoingRecord(key=one.key.encode(), value=one.value) for one in (late, corrupt, corrupt_again)
    ]
    with Cluster(disturbed.stack.addresses.bootstrap) as cluster:
        publish(cluster, COMPLETED, records)
    disturbed.rest()
    return SetAside(disturbed, late, folder / "never.wav", corrupt, corrupt_again)


def test_letters_are_listed_with_their_reasons_and_what_they_count_as_now(set_aside: SetAside):
    listed = set_aside.json("list", "--stage", "transcription", "--reason", "RECORDING_CORRUPT", "--now")

    ours = {one["interaction_id"]: one for one in listed["letters"]}
    assert ours[set_aside.corrupt.key]["now"] == "dead_lettered"
    assert ours[set_aside.corrupt.key]["src_topic"] == COMPLETED
    assert {(one["stage"], one["reason"]) for one in listed["counts"]} == {
        ("transcription", "RECORDING_CORRUPT")
    }
    assert listed["total"] == listed["counts"][0]["count"] >= 2


def test_letters_are_narrowed_to_a_tenant(set_aside: SetAside):
    place = set_aside.place(set_aside.corrupt)

    ours = set_aside.json("list", "--tenant", "chaos")["letters"]
    others = set_aside.json("list", "--tenant", "someone-else")
    plan = set_aside.json("redrive", place, "--tenant", "someone-else", "--dry-run")

    assert place in [one["place"] for one in ours]
    assert (others["total"], others["counts"]) == (0, [])
    assert plan == {"ready": [], "kept": {}}


def test_the_table_names_place_reason_and_interaction(set_aside: SetAside):
    done = set_aside.stack.callqa("dead-letters", "list", "--stage", "transcription")

    assert done.returncode == 0
    assert set_aside.place(set_aside.corrupt) in done.stdout
    assert set_aside.corrupt.key in done.stdout
    assert "RECORDING_CORRUPT" in done.stdout


def test_a_letter_is_shown_without_content_unless_asked_for(set_aside: SetAside):
    event = Codec().decode(set_aside.corrupt.value, InteractionCompleted)
    uri = event.recordings[0].uri

    plain = set_aside.stack.callqa("dead-letters", "show", set_aside.corrupt.key).stdout
    whole = set_aside.stack.callqa(
        "dead-letters", "show", set_aside.place(set_aside.corrupt), "--content"
    ).stdout

    assert uri not in plain
    assert "RECORDING_CORRUPT" in plain
    assert set_aside.corrupt.key in plain
    assert uri in whole


def test_the_original_bytes_are_saved_for_the_owner_alone_and_nothing_is_overwritten(
    set_aside: SetAside, tmp_path: Path
):
    path = tmp_path / "event.bin"

    first = set_aside.stack.callqa("dead-letters", "show", set_aside.corrupt.key, "--save", str(path))
    second = set_aside.stack.callqa("dead-letters", "show", set_aside.corrupt.key, "--save", str(path))

    assert first.returncode == 0
    assert path.read_bytes() == set_aside.corrupt.value
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert second.returncode == 1
    assert str(path) in second.stderr


def test_an_unknown_letter_is_one_line_and_exit_code_1(set_aside: SetAside):
    done = set_aside.stack.callqa("dead-letters", "show", "scoring/0@999999")

    assert (done.returncode, done.stdout) == (1, "")
    assert "scoring/0@999999" in done.stderr


def test_a_call_whose_recording_came_after_all_is_redriven_once_and_scored(set_aside: SetAside):
    place = set_aside.place(set_aside.late)
    (source,) = write_recordings(set_aside.late_file.parent / "made", 1, 9).uris
    set_aside.late_file.write_bytes(Path(source.removeprefix("file://")).read_bytes())

    dry = set_aside.json("redrive", place, "--dry-run")
    unasked = set_aside.stack.callqa("dead-letters", "redrive", place)
    done = set_aside.json("redrive", place, "--yes", "--wait", "--deadline", "100")
    twice = set_aside.stack.callqa("dead-letters", "redrive", place, "--yes")

    assert dry == {"ready": [place], "kept": {}}
    assert unasked.returncode == 4
    assert (done["sent"], [one["state"] for one in done["came"]]) == (1, ["scored"])
    assert twice.returncode == 4
    assert place in twice.stdout
    assert (
        set_aside.json("list", "--interaction", set_aside.late.key, "--now")["letters"][0]["now"] == "scored"
    )


def test_a_letter_whose_cause_was_not_mended_comes_back_and_is_told(set_aside: SetAside):
    place = set_aside.place(set_aside.corrupt_again)

    done = set_aside.json("redrive", place, "--yes", "--wait", "--deadline", "100", code=3)

    (came,) = done["came"]
    assert came["state"] == "dead_lettered"
    assert came["again"]["redrive_count"] == 1
    assert came["again"]["reason"] == "RECORDING_CORRUPT"
    both = set_aside.json("redrive", set_aside.corrupt_again.key, "--dry-run")
    assert both == {"ready": [came["again"]["place"]], "kept": {"superseded": [place]}}


def test_a_redrive_of_nothing_is_refused(set_aside: SetAside):
    assert set_aside.stack.callqa("dead-letters", "redrive", "--yes").returncode == 4
    assert (
        set_aside.stack.callqa("dead-letters", "redrive", "--reason", "RULE_ERROR", "--yes").returncode == 4
    )
