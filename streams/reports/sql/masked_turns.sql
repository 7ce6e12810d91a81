-- Turns with masked data in the transcripts that count now, with the words of each and their times.
SELECT t.tenant_id AS tenant_id, t.interaction_id AS interaction_id, t.start_ms AS start_ms, t.end_ms AS end_ms,
       t.redaction_start AS redaction_start, t.redaction_end AS redaction_end,
       groupArrayIf((w.start_offset, w.end_offset, w.start_ms, w.end_ms), w.transcript_id != '') AS words
FROM
(
    SELECT * FROM qa_content.turn FINAL
    WHERE notEmpty(redaction_start)
      AND transcript_id IN
          (SELECT transcript_id FROM qa.result FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result WHERE (tenant_id, interaction_id) IN
       (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC'))))
) AS t
LEFT JOIN (SELECT * FROM qa_content.word FINAL) AS w
       ON w.tenant_id = t.tenant_id AND w.interaction_id = t.interaction_id AND w.transcript_id = t.transcript_id AND w.turn = t.turn
GROUP BY t.tenant_id, t.interaction_id, t.transcript_id, t.turn, t.start_ms, t.end_ms, t.redaction_start, t.redaction_end
ORDER BY tenant_id, interaction_id, start_ms
SETTINGS join_use_nulls = 0
