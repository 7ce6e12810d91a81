import pytest

from processors.redaction.checks import (
    has_id_checksum,
    is_bank_card,
    is_service_number,
    is_telephone,
    kind_of,
    passes_luhn,
    resembles_id,
)
from schemas.records.terms import Entity


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "110101199003072316"])
def test_published_identity_numbers_pass_their_checksum(number: str) -> None:
    assert has_id_checksum(number)


@pytest.mark.parametrize("number", ["110105194912310021", "11010519491331002X", "1101051949123100X2", "1"])
def test_a_wrong_check_character_or_date_fails(number: str) -> None:
    assert not has_id_checksum(number)


def test_a_number_with_a_lost_digit_still_resembles_an_identity() -> None:
    whole = "500107199001011234"
    assert resembles_id(whole)
    assert all(resembles_id(whole[:place] + whole[place + 1 :]) for place in range(14, 18))
    assert resembles_id("110105491231002")


@pytest.mark.parametrize("number", ["4111111111111111", "5500000000000004", "340000000000009"])
def test_published_card_numbers_pass(number: str) -> None:
    assert passes_luhn(number)


@pytest.mark.parametrize("number", ["4111111111111112", "0000000000000000", "411111111111"])
def test_other_numbers_are_no_cards(number: str) -> None:
    assert not is_bank_card(number)


@pytest.mark.parametrize("number", ["13800138000", "8613800138000", "01066554433", "0235544332"])
def test_telephones_are_recognised(number: str) -> None:
    assert is_telephone(number)


@pytest.mark.parametrize("number", ["12800138000", "1380013800", "20231105001"])
def test_other_numbers_are_no_telephones(number: str) -> None:
    assert not is_telephone(number)


def test_a_number_that_is_identity_and_card_is_an_identity() -> None:
    assert passes_luhn("110101199003072316")
    assert kind_of("110101199003072316") is Entity.ID_CARD


@pytest.mark.parametrize(
    "number", ["10086", "12315", "12300", "12381", "95588", "110", "1008611", "4008001234"]
)
def test_hotlines_are_service_numbers(number: str) -> None:
    assert is_service_number(number)


@pytest.mark.parametrize("number", ["1234", "123456", "888888"])
def test_codes_are_not(number: str) -> None:
    assert not is_service_number(number)
