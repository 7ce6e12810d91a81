"""Which rules count: a sequence that only grows, with every text kept that ever made a score."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from clickhouse_connect.driver.exceptions import OperationalError

from sinks.activations import Activation, ActivationStore, RuleFile
from streams.rules import NoActiveRules, Scorecards, activate_configured, active_rulesets, current_activation
from streams.settings import Settings
from streams.stages.outcome import Unavailable

pytestmark = pytest.mark.integration

AT = 1_790_000_000_000
HOUR_MS = 3_600_000
ZH = RuleFile(id="zh-own", hash="a1", text="ruleset: zh-own # 带'引号\"和换行\n", language="zh")
EN = RuleFile(id="en-own", hash="b1", text="ruleset: en-own", language="en")
CARD = RuleFile(id="card", hash="c1", text="id: card")
NEWER = RuleFile(id="zh-own", hash="a2", text="ruleset: zh-own, newer", language="zh")


@pytest.fixture
def activations(client: Any) -> Iterator[ActivationStore]:
    """The store before the first activation."""
    yield emptied(client)
    emptied(client)


def emptied(client: Any) -> ActivationStore:
    for table in ("qa.activation", "qa.rule_text"):
        client.command(f"TRUNCATE TABLE {table}")
    return ActivationStore(client)


def activate(store: ActivationStore, zh: RuleFile = ZH, card: RuleFile = CARD, at: int = AT) -> Activation:
    return store.activate([zh, EN], card, now_ms=at, by="li", note="为什么")


def test_before_the_first_activation_there_is_none(activations):
    assert activations.current() is None
    assert activations.history() == []
    with pytest.raises(NoActiveRules, match="callqa rules activate"):
        current_activation(activations)


def test_the_first_activation_comes_back_whole(activations):
    made = activate(activations)

    assert made == activations.current() == activations.of(1)
    assert made == Activation(
        seq=1, rulesets=(EN, ZH), scorecard=CARD, activated_at=AT, activated_by="li", note="为什么"
    )


def test_unchanged_rules_keep_their_sequence_and_their_first_time(activations):
    activate(activations)

    again = activations.activate([EN, ZH], CARD, now_ms=AT + 1, by="wang")

    assert (again.seq, again.activated_at, again.activated_by) == (1, AT, "li")
    assert len(activations.history()) == 1


@pytest.mark.parametrize(
    "change", [{"zh": NEWER}, {"card": RuleFile(id="card", hash="c2", text="id: card, newer")}]
)
def test_another_rule_set_or_scorecard_is_the_next_sequence(activations, change):
    activate(activations)

    made = activate(activations, **change, at=AT + 1)

    assert made.seq == 2
    assert activations.current() == made


def test_activations_in_the_same_moment_take_sequences_of_their_own(activations, connect):
    together = threading.Barrier(6)

    def one(number: int) -> Activation:
        client = connect()
        other = RuleFile(id=f"zh-{number % 3}", hash=f"zh{number}", text=f"rules of {number}", language="zh")
        together.wait()
        made = activate(ActivationStore(client), other, at=AT + number)
        client.close()
        return made

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(one, range(6)))

    assert sorted(each.seq for each in made) == [1, 2, 3, 4, 5, 6]
    assert sorted(activations.history(), key=lambda each: each.activated_at) == made


def test_who_comes_second_with_an_earlier_clock_does_not_take_a_sequence_away(activations):
    first = activate(activations, at=AT)
    rows = activations._client.query("SELECT * EXCEPT version FROM qa.activation FINAL").result_rows

    activations._insert(msgspec.structs.replace(first, rulesets=(EN, NEWER), activated_at=AT - HOUR_MS))

    assert activations.of(1) == first
    assert activations._client.query("SELECT * EXCEPT version FROM qa.activation FINAL").result_rows == rows


def test_going_back_to_older_rules_is_a_new_sequence(activations):
    activate(activations)
    activate(activations, NEWER, at=AT + 1)

    back = activate(activations, at=AT + 2)

    assert back.seq == 3
    assert back.rulesets == activations.of(1).rulesets


def test_the_history_has_every_activation_with_its_own_texts_oldest_first(activations):
    activate(activations)
    activate(activations, NEWER, at=AT + 1)

    first, second = activations.history()

    assert [first.seq, second.seq] == [1, 2]
    assert ZH in first.rulesets
    assert NEWER in second.rulesets


def test_a_sequence_that_never_was_is_nothing(activations):
    activate(activations)

    assert activations.of(9) is None


def test_the_shipped_rules_come_back_from_the_store_as_they_were(activations):
    made = activate_configured(activations, Settings(), now_ms=AT, by="li")

    loaded = active_rulesets(made)

    assert {file.language: file.hash for file in made.rulesets} == {
        language: ruleset.hash for language, ruleset in loaded.items()
    }


def test_each_score_is_made_with_the_scorecard_of_its_activation(activations, client, tmp_path):
    settings = Settings()
    shipped = activate_configured(activations, settings, now_ms=AT, by="li").scorecard
    own = tmp_path / "card.yaml"
    own.write_text(shipped.text.replace("weight: 10", "weight: 9"), encoding="utf-8")
    changed = settings.model_copy(update={"scorecard": own})
    activate_configured(activations, changed, now_ms=AT + 1, by="li")

    scorecards = Scorecards(client)

    assert scorecards.of(1).hash == shipped.hash
    assert scorecards.of(2).hash != shipped.hash
    assert scorecards.of(None) is scorecards.of(2)
    with pytest.raises(NoActiveRules, match="activation 9"):
        scorecards.of(9)


class GoneStore:
    """A client whose store is away from now on."""

    def __init__(self, client: Any) -> None:
        self.query = client.query

    def fall(self) -> None:
        def refused(*_: Any, **__: Any) -> Any:
            raise OperationalError("connection refused")

        self.query = refused


def test_a_scorecard_that_cannot_be_asked_for_now_is_waited_for(activations, client):
    activate_configured(activations, Settings(), now_ms=AT, by="li")
    store = GoneStore(client)
    scorecards = Scorecards(store)
    known = scorecards.of(None)
    store.fall()

    assert scorecards.of(1) is known
    with pytest.raises(Unavailable):
        scorecards.of(2)


def test_a_scoring_worker_goes_on_with_the_latest_activation_it_has_seen(activations, client, tmp_path):
    settings = Settings()
    shipped = activate_configured(activations, settings, now_ms=AT, by="li").scorecard
    scorecards = Scorecards(client)
    own = tmp_path / "card.yaml"
    own.write_text(shipped.text.replace("weight: 10", "weight: 9"), encoding="utf-8")
    changed = settings.model_copy(update={"scorecard": own})
    activate_configured(activations, changed, now_ms=AT + 1, by="li")

    before = scorecards.of(None).hash
    newer = scorecards.of(2)

    assert before == shipped.hash
    assert scorecards.of(None) is newer
    assert scorecards.of(1).hash == shipped.hash
