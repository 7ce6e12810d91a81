-- Times of words that stand for masked data, in the transcripts that count now. A padding of 150 ms on each
-- side covers what the recogniser cut too short.
SELECT w.interaction_id AS interaction_id, greatest(0, w.start_ms - 150) AS start_ms, w.end_ms + 150 AS end_ms
FROM (SELECT * FROM qa_content.word FINAL) AS w
INNER JOIN
(
    SELECT transcript_id, turn, redaction_start, redaction_end
    FROM qa_content.turn FINAL
    WHERE notEmpty(redaction_start)
      AND transcript_id IN
          (SELECT transcript_id FROM qa.result FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result))
) AS t ON t.transcript_id = w.transcript_id AND t.turn = w.turn
WHERE arrayExists((low, high) -> w.start_offset < high AND w.end_offset > low, t.redaction_start, t.redaction_end)
ORDER BY interaction_id, start_ms
