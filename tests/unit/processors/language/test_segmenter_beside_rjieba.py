"""Why jieba cuts and rjieba does not: rjieba breaks ties otherwise."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jieba
import pytest
import rjieba

from processors.language.lexicon import load_lexicon
from processors.language.script import normalise

DIALOGUES = Path("/work/shared/data/teleantifraud/normal_dialogues.jsonl")
# Where pieces repeat, several cuts are equally probable, and rounding decides.
REPEATED = re.compile(r"(.)\1\1|(..)\2")


@pytest.fixture
def tokenizer() -> jieba.Tokenizer:
    made = jieba.Tokenizer()
    made.FREQ, made.total = made.gen_pfdict(made.get_dict_file())
    made.initialized = True
    return made


@pytest.mark.skipif(not DIALOGUES.is_file(), reason="needs the dialogues")
def test_rjieba_cuts_real_text_as_jieba_does_unless_pieces_repeat(tokenizer):
    quick = rjieba.Jieba()
    lines = DIALOGUES.read_text(encoding="utf-8").splitlines()[:300]
    texts = [
        normalise(text).text
        for dialogue in map(json.loads, lines)
        for text in (*dialogue["left"], *dialogue["right"])
        if not REPEATED.search(normalise(text).text)
    ]

    differing = [text for text in texts if tokenizer.lcut(text, HMM=False) != quick.cut(text, False)]

    assert differing == []
    assert len(texts) > 1500


def test_with_the_lexicons_terms_added_they_differ_where_pieces_repeat(tokenizer):
    """Should this fail one day, rjieba may cut for us, ten times as fast."""
    quick = rjieba.Jieba()
    for term in (normalise(written).text for written in load_lexicon("zh").terms):
        tokenizer.add_word(term)
        quick.add_word(term, tokenizer.FREQ[term], None)
    repeated = [character * count for character in "零八啊哈" for count in range(3, 16)] + ["一零一零一"]

    assert any(tokenizer.lcut(text, HMM=False) != quick.cut(text, False) for text in repeated)
