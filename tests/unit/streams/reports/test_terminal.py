"""The terminal report: what a supervisor must see at once, on the width of a terminal."""

import io

import pytest
from rich.console import Console

from streams.reports.terminal import important, terminal_report


@pytest.fixture
def shown(content):
    console = Console(width=140, file=io.StringIO())
    with console.capture() as captured:
        console.print(terminal_report(content))
    return captured.get()


def test_every_outcome_of_the_ledger_is_shown_and_adds_up(shown):
    line = next(line for line in shown.splitlines() if "ALL" in line or "合计" in line)

    numbers = [int(part) for part in line.replace("│", " ").split() if part.isdigit()]
    assert numbers[:5] == [4, 2, 1, 1, 0]
    assert "100.0 %" in line


def test_an_uncertain_finding_carries_a_question_mark_and_a_sure_one_does_not(shown):
    assert "态度生硬?" in shown
    assert "服务禁语?" not in shown


def test_a_score_that_waits_for_a_person_carries_a_question_mark(shown):
    line = next(line for line in shown.splitlines() if "call-1" in line)

    assert "40 ?" in line


def test_the_words_of_a_finding_stand_beside_its_name(shown):
    assert "给我滚" in shown


def test_an_excluded_interaction_shows_its_reason_instead_of_a_score(shown):
    assert any("call-2" in line and "CUSTOMER_ABUSE" in line for line in shown.splitlines())


def test_a_dead_letter_without_an_id_is_found_by_its_place(shown):
    assert "qa.interaction.completed.v1[3]@17" in shown


def test_an_alert_names_what_it_is_linked_to(shown):
    assert any("SUPERVISOR" in line and "chat-1" in line for line in shown.splitlines())


def test_of_many_findings_the_three_gravest_are_shown(make):
    kinds = ("SIGNAL", "CREDIT", "FAULT", "EXEMPTION")
    findings = tuple(make["finding"](n, 0, 1, kind=kind) for n, kind in enumerate(kinds))

    assert [finding.kind for finding in important(findings)] == ["EXEMPTION", "FAULT", "CREDIT"]
