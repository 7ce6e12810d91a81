import pytest

from processors.transcription.swapped import is_swapped, swap_score
from processors.transcription.turns import SpokenTurn
from schemas.records.terms import Role

SERVICE = ["您好，工号一零三三为您服务，请问有什么可以帮您", "请您稍等，我帮您查询一下", "感谢您的来电，再见"]
CALLER = ["我家的宽带断了两天了", "你们什么时候能修好，我要投诉你们"]


def said(role, texts):
    return [
        SpokenTurn(party=role, channel=0, start_ms=0, end_ms=1, talk_ms=1, text=text, words=(), units=1)
        for text in texts
    ]


def test_an_agent_on_the_customers_channel_and_a_customer_on_the_agents_are_swapped():
    turns = said(Role.CUSTOMER, SERVICE) + said(Role.AGENT, CALLER)

    assert swap_score(turns) >= 6
    assert is_swapped(turns)


def test_who_speaks_on_the_own_channel_is_not_swapped():
    turns = said(Role.AGENT, SERVICE) + said(Role.CUSTOMER, CALLER)

    assert swap_score(turns) <= -6
    assert not is_swapped(turns)


def test_english_calls_are_told_apart_as_well():
    turns = said(
        Role.CUSTOMER, ["Thank you for calling, how can I help you", "anything else I can help with"]
    )
    turns += said(Role.AGENT, ["I'm calling about my bill, it is wrong", "can you help me"])

    assert is_swapped(turns)


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param(
            said(Role.AGENT, CALLER) + said(Role.CUSTOMER, ["喂", "你好"]), id="an agent who complains"
        ),
        pytest.param(
            said(Role.AGENT, ["喂，您好，请讲"]) + said(Role.CUSTOMER, ["为您服务"]), id="one phrase"
        ),
        pytest.param(said(Role.CUSTOMER, SERVICE), id="nobody on the other channel"),
        pytest.param(said(Role.MIXED, SERVICE + CALLER), id="one channel for both"),
    ],
)
def test_too_little_speaks_for_a_swap_in(turns):
    assert not is_swapped(turns)
