-- Redacted words.
SELECT interaction_id, turn, party, speaker_id, leg, kind, start_ms, end_ms, text, automatic, recalled
FROM qa_content.turn FINAL
WHERE transcript_id IN (SELECT transcript_id FROM qa.result FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result))
ORDER BY interaction_id, start_ms, turn
