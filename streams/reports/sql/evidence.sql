-- The words behind each finding.
SELECT e.interaction_id AS interaction_id, e.finding AS finding, e.operator AS operator, e.turn AS turn,
       e.start_offset AS start, e.end_offset AS end, e.start_ms AS start_ms, e.end_ms AS end_ms, e.party AS party,
       ifNull(w.words, '') AS words, w.reading AS reading, e.value AS value, e.threshold AS threshold, e.unit AS unit
FROM (SELECT * FROM qa.evidence FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result)) AS e
LEFT JOIN (SELECT * FROM qa_content.evidence_words FINAL) AS w
       ON w.result_id = e.result_id AND w.finding = e.finding AND w.n = e.n
ORDER BY e.interaction_id, e.finding, e.n
SETTINGS join_use_nulls = 1
