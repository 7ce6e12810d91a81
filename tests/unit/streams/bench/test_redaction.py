import json

import pytest
from typer.testing import CliRunner

from schemas.records.terms import Entity
from streams.bench.redaction import conversations_of, outcome, recall, restraint
from streams.bench.redaction_forms import CUSTOMER, Form, forms
from streams.bench.redaction_harmless import harmless

PLANTED = list(forms(seed=20_261_124))


def test_the_set_is_large_and_knows_every_kind():
    assert len(PLANTED) > 300
    assert {form.entity for form in PLANTED} == set(Entity) - {Entity.UNKNOWN}


@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_no_identity_and_no_card_is_missed_in_any_form(seed):
    found = recall(forms(seed))

    assert found[Entity.ID_CARD].missed == 0
    assert found[Entity.BANK_CARD].missed == 0


@pytest.mark.parametrize("entity", sorted(set(Entity) - {Entity.UNKNOWN}))
def test_of_each_kind_almost_all_is_found_and_little_else_goes_with_it(entity):
    found = recall(form for form in PLANTED if form.entity is entity)[entity]

    assert found.missed <= 0.02 * found.planted
    assert found.beyond <= 0.02 * found.planted


def test_numbers_that_are_nobodys_secret_stay():
    alone = restraint(harmless())

    assert sum(alone.masks.values()) <= 0.01 * alone.turns


def test_a_datum_that_stays_counts_as_missed_and_one_beyond_its_marks_as_too_much():
    missed = Form(entity=Entity.PHONE, way="", turns=((CUSTOMER, "我姓⟦王⟧"),))
    beyond = Form(entity=Entity.PHONE, way="", turns=((CUSTOMER, "1380⟦0138000⟧"),))

    assert outcome(missed) == (True, False)
    assert outcome(beyond) == (False, True)


def test_texts_of_each_kind_of_file_are_read(tmp_path):
    (tmp_path / "a.txt").write_text("一 => 1\n二\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(
        json.dumps({"left": ["您好", "再见"], "right": ["你好"]}), encoding="utf-8"
    )
    (tmp_path / "c.csv").write_text("TEXT,label\n好,0\n", encoding="utf-8")

    assert [turns[0][1] for turns in conversations_of(tmp_path)] == ["一", "1", "二"]
    assert [text for _, text in next(conversations_of(tmp_path / "b.jsonl"))] == ["您好", "你好", "再见"]
    assert [turns[0][1] for turns in conversations_of(tmp_path / "c.csv")] == ["好"]


def test_masks_are_told_apart_by_what_speaks_for_them():
    alone = restraint([((CUSTOMER, "手机13800138000"),), ((CUSTOMER, "卡号后四位3721"),)])

    assert alone.masks == {"form": 1, "word before": 1, "neither": 0}
    assert alone.formless == ("NUMBER: 卡号后四位⟦3721⟧",)


def test_the_command_prints_json_without_any_raw_text(tmp_path):
    import typer

    from streams.bench.redaction import main

    file = tmp_path / "texts.txt"
    file.write_text("卡号后四位3721\n", encoding="utf-8")
    app = typer.Typer()
    app.command()(main)

    result = CliRunner().invoke(app, [str(file), "--output", "json"])

    document = json.loads(result.output)
    assert document["texts"]["texts.txt"]["kinds"] == {"NUMBER": 1}
    assert document["forms"]["ID_CARD"]["missed"] == 0
    assert "3721" not in result.output
