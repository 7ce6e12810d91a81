"""The drawing of a call stands for its times and nothing else."""

import pytest

from streams.reports.content import Span
from streams.reports.timeline import WIDTH, clock, timeline


def speech(party, start_ms, end_ms, kind="SPEECH"):
    return Span(kind=kind, party=party, start_ms=start_ms, end_ms=end_ms)


def test_bars_lie_where_the_speech_is_in_proportion_to_the_length(make):
    call = make["interaction"](spans=(speech("AGENT", 0, 2_500), speech("CUSTOMER", 5_000, 10_000)))

    drawn = timeline(call)

    assert drawn.length_ms == 10_000
    assert [(bar.x, bar.width, bar.lane) for bar in drawn.bars] == [
        (0.0, WIDTH / 4, 0),
        (WIDTH / 2, WIDTH / 2, 1),
    ]


def test_nothing_reaches_beyond_the_drawing(make):
    call = make["interaction"](
        spans=(speech("AGENT", 0, 1_000), speech("AGENT", 3_599_999, 3_600_000)),
        findings=(make["finding"](0, 0, 1),),
    )

    drawn = timeline(call)

    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in (*drawn.bars, *drawn.marks))


def test_third_parties_have_a_lane_of_their_own(make):
    call = make["interaction"](spans=(speech("SUPERVISOR", 0, 1_000),))

    assert timeline(call).bars[0].lane == 2


def test_a_chat_has_no_time_line(make):
    assert timeline(make["interaction"](turns=(make["turn"](),))) is None


def test_a_call_in_which_only_silence_was_measured_has_no_time_line(make):
    assert timeline(make["interaction"](spans=(speech("UNKNOWN", 0, 4_000, "SILENCE"),))) is None


def test_findings_are_marked_in_their_partys_lane_with_their_tone(make):
    uncertain = make["finding"](0, 0, 1, verdict="UNCERTAIN")
    call = make["interaction"](spans=(speech("AGENT", 0, 10_000),), findings=(uncertain,))

    (mark,) = timeline(call).marks

    assert (mark.x, mark.lane, mark.style) == (100.0, 0, "uncertain")
    assert "服务禁语" in mark.label


@pytest.mark.parametrize("length_ms", [4_000, 59_000, 601_000, 3_600_000, 14_400_000])
def test_the_axis_has_a_readable_number_of_ticks(make, length_ms):
    call = make["interaction"](spans=(speech("AGENT", 0, length_ms),))

    ticks = timeline(call).ticks

    assert 1 <= len(ticks) <= 13
    assert ticks[0] == (0.0, "0:00")
    assert all(x < WIDTH for x, _ in ticks)


@pytest.mark.parametrize(
    ("milliseconds", "shown"), [(0, "0:00"), (999, "0:00"), (61_000, "1:01"), (3_725_000, "1:02:05")]
)
def test_a_clock_reads_as_players_show_it(milliseconds, shown):
    assert clock(milliseconds) == shown
