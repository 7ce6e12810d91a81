from __future__ import annotations

from processors.classification.turns import Turns


def test_turns_made_one_by_one_are_those_of_the_transcript(rule_of, conversation_of):
    transcript = conversation_of(rule_of("said: [滚]"), "客服: 您好\n客户: 在吗\n客服2: 再见").transcript

    turns = Turns(transcript)

    assert turns[2] == list(transcript.turns())[2]
    assert list(turns) == list(transcript.turns())
    assert turns[-1] is turns[2]
    assert turns[:2] == list(transcript.turns())[:2]
    assert len(turns) == 3
