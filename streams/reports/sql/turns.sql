-- Redacted words.
SELECT tenant_id, interaction_id, turn, party, speaker_id, leg, kind, start_ms, end_ms, text, automatic, recalled,
       reading_heard, reading_phrase, reading_confidence
FROM qa_content.turn FINAL
WHERE transcript_id IN (SELECT transcript_id FROM qa.result FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result WHERE (tenant_id, interaction_id) IN
       (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC'))))
ORDER BY tenant_id, interaction_id, start_ms, turn
