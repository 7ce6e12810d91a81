from hypothesis import given
from hypothesis import strategies as st

from streams.evaluation.accuracy import Accuracy, accuracy_of
from streams.evaluation.alignment import Edit, align

texts = st.text(alphabet="abc", max_size=12)


def distance(one, other):
    """Levenshtein's recurrence, cell by cell."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def errors(steps):
    return accuracy_of(step.edit for step in steps).errors


@given(texts, texts)
def test_the_alignment_is_the_cheapest_there_is(truth, heard):
    assert errors(align(truth, heard)) == distance(truth, heard)


@given(texts, texts)
def test_the_steps_spell_both_sides_in_order(truth, heard):
    steps = align(truth, heard)

    assert "".join(truth[s.truth] for s in steps if s.edit is not Edit.INSERTED) == truth
    assert "".join(heard[s.heard] for s in steps if s.edit is not Edit.DELETED) == heard
    assert all(truth[s.truth] == heard[s.heard] for s in steps if s.edit is Edit.SAME)
    assert all(truth[s.truth] != heard[s.heard] for s in steps if s.edit is Edit.SUBSTITUTED)


def test_the_three_kinds_of_error_are_told_apart():
    assert accuracy_of(s.edit for s in align("话费多扣了", "花费扣了吗")) == Accuracy(
        units=5, substitutions=1, deletions=1, insertions=1
    )


def test_words_align_like_characters():
    assert errors(align(("i", "want", "a", "refund"), ("i", "want", "refunds"))) == 2


def test_rates_add_up_by_units_and_not_by_calls():
    together = Accuracy(units=90, substitutions=0) + Accuracy(units=10, substitutions=5)

    assert together.rate == 0.05
    assert Accuracy().rate is None
