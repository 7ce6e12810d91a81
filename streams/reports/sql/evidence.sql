-- The words behind each finding.
SELECT e.tenant_id AS tenant_id, e.interaction_id AS interaction_id, e.finding AS finding, e.operator AS operator, e.turn AS turn,
       e.start_offset AS start, e.end_offset AS end, e.start_ms AS start_ms, e.end_ms AS end_ms, e.party AS party,
       ifNull(w.words, '') AS words, w.reading AS reading, e.value AS value, e.threshold AS threshold, e.unit AS unit
FROM (SELECT * FROM qa.evidence FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result WHERE (tenant_id, interaction_id) IN
       (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')))) AS e
LEFT JOIN (SELECT * FROM qa_content.evidence_words FINAL) AS w
       ON w.tenant_id = e.tenant_id AND w.interaction_id = e.interaction_id AND w.result_id = e.result_id AND w.finding = e.finding AND w.n = e.n
ORDER BY e.tenant_id, e.interaction_id, e.finding, e.n
SETTINGS join_use_nulls = 1
