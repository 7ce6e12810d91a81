from pathlib import Path

import pytest

from schemas.records.terms import Role
from streams.evaluation import ManifestError, load_manifest

DEMO = Path(__file__).resolve().parents[4] / "infra" / "demo"

OWN = """
audio: recordings
calls:
  - id: a
    recordings:
      - {file: a-agent.wav, roles: [agent], started_at: 1000}
      - {file: a-customer.wav, roles: [customer], started_at: 1500}
    language: zh-CN
    queue: billing
    agent: "1027"
    turns:
      - {role: customer, text: 你好, start_ms: 900, end_ms: 1500}
      - {role: agent, text: 您好, start_ms: 100, end_ms: 800}
  - id: b
    recordings: [{file: b.wav}]
    text: {agent: 您好请讲, customer: 我要投诉}
"""


def load(tmp_path, text):
    path = tmp_path / "asr.yaml"
    path.write_text(text, encoding="utf-8")
    return load_manifest(path)


def test_recordings_lie_beside_the_manifest_and_turns_come_in_time_order(tmp_path):
    first, second = load(tmp_path, OWN)

    assert [one.path for one in first.call.recordings] == [
        tmp_path / "recordings" / "a-agent.wav",
        tmp_path / "recordings" / "a-customer.wav",
    ]
    assert [one.started_at for one in first.call.recordings] == [1000, 1500]
    assert [(turn.role, turn.text) for turn in first.turns] == [
        (Role.AGENT, "您好"),
        (Role.CUSTOMER, "你好"),
    ]
    assert {turn.text for turn in second.turns} == {"您好请讲", "我要投诉"}
    assert second.turns[0].length_ms is None


def test_the_manifest_of_the_demo_names_every_call_and_its_truth():
    calls = load_manifest(DEMO / "asr.yaml")

    assert len(calls) == 16
    assert all(one.call.recordings[0].path.is_file() for one in calls)
    assert sum(len(turn.text) for one in calls for turn in one.turns) > 1_749


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("calls: []", "no calls"),
        ("calls: [{id: a, recordings: [{file: a.wav}]}]", "call a has no reference"),
        ("calls: [{id: a, recordings: [], text: {agent: x}}]", "no recordings"),
        ("calls: [{id: a, recordings: [{file: a.wav}], text: {clerk: x}}]", "role 'clerk'"),
        ("calls: [{id: a, recording: a.wav}]", "unknown field"),
        ("truth: gone.json\ncalls: [{id: a, recordings: [{file: a.wav}]}]", "gone.json"),
        ("calls: [", "asr.yaml"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(tmp_path, text, complaint):
    with pytest.raises(ManifestError, match=complaint):
        load(tmp_path, text)
