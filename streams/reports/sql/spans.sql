-- Speech, interruptions and silence in time.
SELECT interaction_id, kind, party, start_ms, end_ms
FROM qa.timeline FINAL
WHERE transcript_id IN (SELECT transcript_id FROM qa.result FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result))
ORDER BY interaction_id, start_ms
