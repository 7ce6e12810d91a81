"""Words are marked exactly where the evidence lies, and nothing of the text gets lost."""

from hypothesis import given
from hypothesis import strategies as st

from streams.reports.content import Evidence, Finding
from streams.reports.highlight import pieces, tone_of

TEXT = "您给我滚，别再打来了"


def finding(
    n: int, start: int, end: int, *, kind: str = "FAULT", verdict: str = "HIT", turn: int = 0
) -> Finding:
    evidence = Evidence(
        finding=n,
        operator="said",
        turn=turn,
        start=start,
        end=end,
        start_ms=0,
        end_ms=1,
        party="AGENT",
        words="",
        reading=None,
        value=None,
        threshold=None,
        unit=None,
    )
    return Finding(
        n=n,
        rule_id="rule",
        rule_version="1",
        rule_name="规则",
        kind=kind,
        verdict=verdict,
        doubt="NONE",
        leg=0,
        evidence=(evidence,),
    )


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(TEXT) + 3), st.integers(0, len(TEXT) + 3), st.sampled_from(["FAULT", "CREDIT"])
        ),
        max_size=6,
    )
)
def test_pieces_joined_are_the_text_whatever_the_evidence_says(spans):
    findings = [finding(n, start, end, kind=kind) for n, (start, end, kind) in enumerate(spans)]

    found = pieces(0, TEXT, findings)

    assert "".join(piece.text for piece in found) == TEXT


def test_only_the_words_of_the_evidence_are_marked():
    found = pieces(0, TEXT, [finding(7, 1, 4)])

    assert [(piece.text, piece.findings, piece.tone) for piece in found] == [
        ("您", (), ""),
        ("给我滚", (7,), "fault"),
        ("，别再打来了", (), ""),
    ]


def test_evidence_of_another_turn_marks_nothing():
    found = pieces(0, TEXT, [finding(0, 1, 4, turn=1)])

    assert [piece.tone for piece in found] == [""]


def test_where_findings_overlap_the_gravest_gives_the_tone_and_both_are_named():
    found = pieces(0, TEXT, [finding(0, 0, 4, kind="CREDIT"), finding(1, 2, 6)])

    overlap = next(piece for piece in found if len(piece.findings) == 2)
    assert overlap.text == TEXT[2:4]
    assert overlap.findings == (0, 1)
    assert overlap.tone == "fault"


def test_evidence_without_width_marks_nothing():
    found = pieces(0, TEXT, [finding(0, 3, 3)])

    assert {piece.tone for piece in found} == {""}


def test_an_empty_turn_has_no_pieces():
    assert pieces(0, "", [finding(0, 0, 3)]) == ()


def test_an_uncertain_fault_is_shown_as_doubt_and_not_as_fault():
    assert tone_of(finding(0, 0, 1, verdict="UNCERTAIN")) == "uncertain"
    assert tone_of(finding(0, 0, 1)) == "fault"
