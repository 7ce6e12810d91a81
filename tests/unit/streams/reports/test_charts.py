"""Charts are drawings that every browser reads, and name what they count."""

import xml.etree.ElementTree as ET

import pytest
from msgspec.structs import replace

from streams.reports import charts
from streams.reports.content import Reason, ReportContent

DRAWINGS = [charts.coverage_chart, charts.score_chart, charts.finding_chart, charts.reason_chart]
EMPTY = ReportContent(coverage=(), interactions=(), alerts=(), dead_letters=())


def texts(svg: str) -> list[str]:
    return [
        text.strip() for element in ET.fromstring(svg).iter() for text in element.itertext() if text.strip()
    ]


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("full", [True, False])
def test_a_chart_is_well_formed_and_loads_nothing(content, draw, full):
    svg = draw(content if full else EMPTY)

    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    addresses = [
        value
        for element in root.iter()
        for name, value in element.attrib.items()
        if name.rpartition("}")[2] in ("href", "src")
    ]
    assert [address for address in addresses if not address.startswith("#")] == []


@pytest.mark.parametrize(
    ("draw", "labels"),
    [
        (charts.coverage_chart, {"已评分 scored", "已排除 excluded", "死信 dead letter"}),
        (charts.score_chart, {"0-9", "90-100"}),
        (charts.finding_chart, {"服务禁语"}),
    ],
)
def test_what_is_counted_is_named_beside_it(content, draw, labels):
    assert labels <= set(texts(draw(content)))


def test_a_fault_that_is_only_suspected_is_not_counted(content):
    assert "态度生硬" not in texts(charts.finding_chart(content))


def test_a_name_that_looks_like_markup_stays_a_name(content):
    call = replace(
        content.interactions[0],
        findings=(replace(content.interactions[0].findings[0], rule_name="<script>&"),),
    )

    svg = charts.finding_chart(replace(content, interactions=(call,)))

    assert "<script>&" in texts(svg)


def test_a_full_score_falls_into_the_highest_band_and_a_missing_one_into_none(content, make):
    legs = (make["leg"](score=100.0), make["leg"](score=None), make["leg"](score=0.0))
    call = make["interaction"](legs=legs)

    drawn = texts(charts.score_chart(replace(content, interactions=(call,))))

    assert drawn.count("1") >= 2
    assert "2" not in drawn


def test_only_the_primary_reason_of_an_interaction_is_counted(content):
    second = Reason(level1="order", level2="refund", verdict="HIT", is_primary=False)
    call = content.interactions[0]
    both = replace(content, interactions=(replace(call, reasons=(*call.reasons, second)),))

    assert charts.reason_chart(both).count('<g class="bar">') == 1
