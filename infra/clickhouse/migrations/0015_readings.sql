-- Reason: readings, what misheard words of a turn may have been; they stand beside the words, which stay as heard.
-- Rewrites data: no (columns that are empty for what was written before).
-- Undo: ALTER TABLE qa_content.turn DROP COLUMN reading_start, reading_end, reading_heard, ... (the columns below);
-- ALTER TABLE qa.transcript DROP COLUMN reading_count.

ALTER TABLE qa_content.turn
    ADD COLUMN IF NOT EXISTS reading_start Array(UInt32) COMMENT '疑似听错处的起始位置 / first code point of each place that may be misheard',
    ADD COLUMN IF NOT EXISTS reading_end Array(UInt32) COMMENT '疑似听错处的结束位置（不含） / end of each place, exclusive',
    ADD COLUMN IF NOT EXISTS reading_heard Array(String) COMMENT '听到的字 / the words as heard, normalised',
    ADD COLUMN IF NOT EXISTS reading_phrase Array(String) COMMENT '可能的原话：读音相近的业务用语 / the phrase of the domain that they sound like',
    ADD COLUMN IF NOT EXISTS reading_confidence Array(Float64) COMMENT '把握，0.5 至 1 / how sure the reading is, 0.5 to 1',
    ADD COLUMN IF NOT EXISTS reading_reason Array(String) COMMENT '依据 / why it stands';

ALTER TABLE qa.transcript
    ADD COLUMN IF NOT EXISTS reading_count UInt32 COMMENT '疑似听错处数 / places that may be misheard';
