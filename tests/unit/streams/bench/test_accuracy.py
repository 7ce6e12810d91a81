"""The accuracy bench reads its data as they are published, and measures the half that it is asked for."""

import json

import pytest

from streams.bench.accuracy import Half, main
from streams.cli.console import OutputFormat

CALM = {"fraud_type": "打车服务", "left": ["您好,请问您要去哪里"], "right": ["帮我叫辆车去机场"]}
FALSE = {"fraud_type": "投资诈骗", "left": ["您好,这款产品保本保息"], "right": ["真的吗"]}


@pytest.fixture
def folder(tmp_path):
    for name, row in (("normal_dialogues", CALM), ("fraud_dialogues_1", FALSE)):
        path = tmp_path / "teleantifraud" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    path = tmp_path / "cold" / "dev.csv"
    path.parent.mkdir()
    rows = ["\ufeff,split,topic,label,TEXT", "1,dev,region,1,外地人都是骗子", "2,dev,region,0,不能歧视外地人"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_everything_is_measured_and_named_after_its_data(folder, capsys):
    main(folder, Half.ALL, None, OutputFormat.JSON)

    found = json.loads(capsys.readouterr().out)
    abuse = found["abusive language, COLDataset dev.csv"]
    promises = found["promises and pressure, TeleAntiFraud"]["investment fraud against service"]
    reasons = found["service dialogues, TeleAntiFraud"]["reasons"]
    assert (abuse["certain"]["recall"], abuse["certain"]["false_alarm_rate"]) == (1, 0)
    assert abuse["against bias, certain"]["cases"] == 1
    assert (promises["cases"], promises["recall"], promises["precision"]) == (2, 1, 1)
    assert reasons["打车服务"]["fitting"] == 1


def test_the_halves_share_no_text_and_leave_none_out():
    texts = [f"第{number}句" for number in range(200)]
    halves = [{text for text in texts if half.holds(text)} for half in (Half.HELD_OUT, Half.DEVELOPMENT)]

    assert halves[0] & halves[1] == set()
    assert halves[0] | halves[1] == set(texts) == {text for text in texts if Half.ALL.holds(text)}
    assert min(map(len, halves)) > 60
