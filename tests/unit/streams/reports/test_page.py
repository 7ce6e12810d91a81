"""The HTML report: whole, self-contained, and safe whatever customers write."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from streams.reports.content import ReportContent
from streams.reports.page import local_time, render, write

AT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
AUDIO = "data:audio/ogg;base64,T2dnUw=="


def page_of(content, audio_of=lambda interaction: None):
    return render(content, audio_of=audio_of, generated_at=AT)


class Tags(HTMLParser):
    """Every tag opened and every tag left open."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "rect", "line"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "xlink:href") and value]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.names.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.fixture
def page(content):
    return page_of(content, lambda one: AUDIO if one.interaction_id == "call-1" else None)


def test_every_interaction_has_a_section_that_links_reach(page):
    for name in ("call-1", "chat-1", "call-2"):
        assert f'id="{name}"' in page
        assert f'href="#{name}"' in page


def test_all_parts_of_the_day_are_there(page):
    for part in (
        "<svg",
        "预警 Alerts",
        "死信 Dead letters",
        "UNDECODABLE",
        "得分单",
        "文明用语",
        "待人工复核",
    ):
        assert part in page


def test_words_that_look_like_markup_stay_words(page):
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_markup_is_well_nested(page):
    tags = Tags()
    tags.feed(page)

    assert tags.open == []
    assert tags.names.count("audio") == 1


def test_the_page_loads_nothing_from_elsewhere(page):
    tags = Tags()
    tags.feed(page)

    assert all(address.startswith(("#", "data:")) for address in tags.addresses)
    assert "url(" not in page
    assert "@import" not in page


def test_the_words_of_a_fault_are_marked_with_the_rules_name(page):
    assert re.search(r'<mark class="fault" title="[^"]*服务禁语[^"]*">给我滚</mark>', page)


def test_only_a_call_with_audio_has_a_player(content):
    assert "<audio" not in page_of(content)


def test_a_store_without_interactions_gives_a_page_too():
    page = page_of(ReportContent(coverage=(), interactions=(), alerts=(), dead_letters=()))

    assert "全量质检报告" in page
    assert page.count("无 none") >= 2


def test_times_carry_their_zone(page):
    assert "2026-11-23 09:02:03 CST" in page
    assert local_time(0, "UTC") == "1970-01-01 00:00:00 UTC"


def test_the_file_is_replaced_whole(tmp_path):
    write("old", tmp_path / "report")

    path = write("新", tmp_path / "report")

    assert path == tmp_path / "report" / "index.html"
    assert path.read_text(encoding="utf-8") == "新"
    assert [one.name for one in path.parent.iterdir()] == ["index.html"]


def test_a_reading_stands_beside_the_words_as_heard_with_its_confidence(page):
    assert "我要办款带" in page
    assert re.search(r'title="[^"]*“宽带”[^"]*把握 84 %">“款带”疑为“宽带”<', page)


def test_sounds_and_raised_voices_are_drawn_and_named(page):
    for style, name in (("ring_back", "回铃音"), ("music", "保持音乐"), ("raised_voice", "提高嗓门")):
        assert re.search(rf'<rect class="{style}"[^>]*><title>[^<]*{name}', page)
        assert f'<i class="{style}"></i>{name}' in page
    assert '<i class="busy">' not in page


def test_channels_that_seem_swapped_are_a_chip(page):
    assert page.count('title="SWAPPED_CHANNELS">声道疑似对调<') == 1


def test_reasons_have_their_names_and_learned_ones_their_confidence(page):
    assert 'title="billing/bill-query">费用账单/账单查询</span>' in page
    assert "plan/change <small>机器学习 71 %</small>" in page
