import pytest

from processors.normalization.self_service import step_turns
from schemas.records.completed import Step
from schemas.records.terms import InputMode, Role, TurnKind

STARTED_AT = 1_760_000_000_000


def test_a_step_is_a_menu_and_what_was_entered() -> None:
    step = Step(
        seq=1,
        node_id="main",
        node_name="主菜单",
        entered_at=STARTED_AT + 1_000,
        left_at=STARTED_AT + 4_000,
        input_mode=InputMode.DTMF,
        input_value="2",
    )
    menu, entered = step_turns([step], STARTED_AT)
    assert (menu.party, menu.kind, menu.text) == (Role.SYSTEM, TurnKind.MENU, "主菜单")
    assert (menu.start_ms, menu.end_ms) == (1_000, 4_000)
    assert (entered.party, entered.kind, entered.text) == (Role.CUSTOMER, TurnKind.INPUT, "2")
    assert entered.start_ms == 4_000


def test_a_dialogue_in_words_is_led_by_a_bot() -> None:
    step = Step(
        seq=1, node_id="ask", input_mode=InputMode.SPEECH, input_value="查话费", intent_confidence=0.7
    )
    menu, entered = step_turns([step], STARTED_AT)
    assert (menu.party, menu.text) == (Role.BOT, "ask")
    assert (entered.text, entered.confidence) == ("查话费", 0.7)


def test_steps_come_in_their_order_and_inherit_missing_times() -> None:
    steps = [
        Step(seq=2, node_id="b"),
        Step(seq=1, node_id="a", entered_at=STARTED_AT, left_at=STARTED_AT + 2_000),
    ]
    assert [(turn.text, turn.start_ms) for turn in step_turns(steps, STARTED_AT)] == [("a", 0), ("b", 2_000)]


@pytest.mark.parametrize("keyed", ["1234", "123456#", "20231105001234"])
def test_a_number_keyed_in_is_masked_even_if_nobody_says_what_it_is(keyed: str) -> None:
    step = Step(seq=1, node_id="n1", input_mode=InputMode.DTMF, input_value=keyed)
    _, entered = step_turns([step], STARTED_AT)
    assert entered.text == "[号码]"
