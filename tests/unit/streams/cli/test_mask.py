import json

import pytest
from typer.testing import CliRunner

from streams.cli.main import app

CONVERSATION = """客服: 请您提供一下身份证号码
客户: 五零零一零一
客户: 一九九零零三零七七七五八
客服: 多扣了三十元,回拨13800138000
"""


def masked(text, *options):
    result = CliRunner().invoke(app, ["mask", "-", *options], input=text)
    assert result.exit_code == 0, result.output
    return result.output


def test_masked_text_keeps_speakers_and_amounts_and_loses_every_number():
    document = json.loads(masked(CONVERSATION, "--output", "json"))

    assert document["lines"] == [
        "客服: 请您提供一下身份证号码",
        "客户: [身份证]",
        "客户: [身份证]",
        "客服: 多扣了三十元,回拨[电话]",
    ]
    assert document["masked"] == {"ID_CARD": 2, "PHONE": 1}


def test_the_table_counts_by_kind_and_never_shows_a_value():
    shown = masked(CONVERSATION)

    assert "ID_CARD" in shown
    assert "PHONE" in shown
    assert "13800138000" not in shown
    assert "一九九零" not in shown


def test_a_line_without_a_speaker_goes_on_for_the_one_before():
    document = json.loads(masked("客户: 我的手机号是一三八零零\n一三八零零零\n", "--output", "json"))

    assert document["lines"] == ["客户: 我的手机号是[电话]", "[电话]"]


def test_a_text_with_nothing_to_mask_says_so():
    assert "nothing to mask" in masked("感谢您的来电\n")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path, content):
    file = tmp_path / "text.txt"
    if content is not None:
        file.write_bytes(content)

    result = CliRunner().invoke(app, ["mask", str(file)])

    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    assert str(file.name) in result.output.replace("\n", "").replace("│", "").replace(" ", "")


def test_the_settings_say_how_a_mask_looks(monkeypatch):
    monkeypatch.setenv("CALLQA_REDACTION_STYLE", "tail")

    document = json.loads(masked("回拨13800138000\n", "--output", "json"))

    assert document["lines"] == ["回拨[电话*8000]"]
    assert document["redaction_version"].endswith("style=tail")
