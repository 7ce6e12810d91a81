"""Heard text that makes no sense but sounds like the domain gets a reading; sense is left alone."""

import csv
import json
from pathlib import Path

import pytest

from processors.language.lexicon import load_lexicon
from processors.language.readings import Reader
from processors.language.script import normalise
from processors.language.segmenter import Segmenter

SHARED = Path("/work/shared/data")
DIALOGUES = ("normal_dialogues.jsonl", "fraud_dialogues_160338.jsonl")

UNSURE = 0.5

# Everyday Chinese of other subjects, with words that sound like words of the lexicon.
CLEAN = """
今天下午我们去公园看花，天气很好，孩子们都很高兴。
他的成绩一直排在全班前面，老师说他很努力。
合适的鞋子比漂亮的鞋子重要，尺码要自己试一试。
昨晚的电影讲一个记者隔着窗户看见了一场车祸。
汤品和小菜都是妈妈做的，爸爸只会煮面。
资讯太多反而不知道看什么，不如读一本书。
这条路往上走就是山顶，路上有一座小庙。
花费了三年时间，他终于学会了拉小提琴。
蛇院长今年六十岁，名字很少见，人很和气。
我又完成了一幅画，完美地画出了她的眼睛。
国足昨天又输了，球迷在网上骂了一晚上。
冬天的海边风很大，海鸥站在码头上不动。
医生让他少吃盐，多走路，早点睡觉。
历史书上说，这座城墙修了一百多年。
她弹琴的时候，谁也不说话，只听见雨声。
"""


@pytest.fixture(scope="module")
def reader() -> Reader:
    lexicon = load_lexicon("zh")
    return Reader(lexicon, Segmenter(lexicon))


@pytest.mark.parametrize(
    ("heard", "place", "phrase"),
    [
        ("你自己去营业听办理业务", "营业听", "营业厅"),
        ("工号1033位您服务", "位您服务", "为您服务"),
        ("可以申请邮会却作为补偿", "邮会", "优惠"),
        ("我没有丁够过这个业务", "丁够", "订购"),
        ("这个不贵我们管", "不贵我们管", "不归我们管"),
        ("我要先核对,合适您的身份", "合适您的身份", "核实您的身份"),
        ("我要鞋号转网到别的公司", "鞋号转网", "携号转网"),
        ("给您带来不变", "给您带来不变", "给您带来不便"),
    ],
)
def test_nonsense_that_sounds_like_the_domain_gets_a_reading(reader, heard, place, phrase) -> None:
    found = reader.find(heard, [UNSURE] * len(heard))

    assert [(one.heard, one.phrase) for one in found] == [(place, phrase)]
    assert heard[found[0].start : found[0].end] == place


def test_a_reading_says_how_it_came_about(reader) -> None:
    (found,) = reader.find("已经为您帮理")

    assert found.phrase == "已经为您办理"
    assert found.reason == "6 syllables, 1 fuzzy"
    assert 0.5 < found.confidence < 1


def test_a_lost_syllable_is_forgiven_in_a_long_phrase_only(reader) -> None:
    assert [one.phrase for one in reader.find("您好,欢迎之电客服务中心")] == ["欢迎致电客户服务中心"]
    assert reader.find("为您务") == ()


def test_a_sure_recogniser_speaks_against_a_reading(reader) -> None:
    heard = "合适您的身份"

    (unsure,), (sure,) = (reader.find(heard, [certainty] * len(heard)) for certainty in (0.3, 0.9))

    assert unsure.phrase == sure.phrase == "核实您的身份"
    assert unsure.confidence > sure.confidence


def test_sense_of_the_domain_stays_as_it_is(reader) -> None:
    for sentence in (
        "您好,工号一零三三为您服务,请问有什么我可以帮您",
        "我帮您退货,请您提供一下您的姓名",
        "请问您方便提供身份证号吗",
        "祝你们工作顺利,带来了不便请谅解",
        "这个颜色不合适,您的身份信息已经收到",
    ):
        assert reader.find(sentence) == (), sentence


def test_no_two_readings_share_a_character(reader) -> None:
    found = reader.find("非常抱歉给您带来不变位您服务合适您的身份")

    assert len(found) >= 2
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))


def test_placeholders_hide_nothing_that_could_be_read(reader) -> None:
    assert reader.find("我的号码是[手机]位") == ()


def test_a_short_word_needs_a_word_of_the_domain_beside_it(reader) -> None:
    assert reader.find("我没有丁够") == ()
    assert [one.phrase for one in reader.find("我没有丁够这个套餐")] == ["订购"]


def test_clean_text_of_other_subjects_gets_no_reading(reader) -> None:
    assert [reader.find(normalise(line).text) for line in CLEAN.split()] == [()] * len(CLEAN.split())


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data on this machine")
def test_thousands_of_comments_of_other_subjects_get_no_reading(reader) -> None:
    with (SHARED / "cold" / "dev.csv").open(encoding="utf-8-sig") as file:
        comments = [row["TEXT"] for row in csv.DictReader(file)][::3]

    assert [found for text in comments for found in reader.find(normalise(text).text)] == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data on this machine")
@pytest.mark.parametrize("name", DIALOGUES)
def test_well_written_dialogues_get_no_reading(reader, name) -> None:
    lines = (SHARED / "teleantifraud" / name).read_text(encoding="utf-8").splitlines()[::5]
    rows = [json.loads(line) for line in lines]
    turns = [text for row in rows for text in row["left"] + row["right"]]

    assert [found for text in turns for found in reader.find(normalise(text).text)] == []
