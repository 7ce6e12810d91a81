-- The outcome of interactions by id, each at its highest record version.
SELECT c.tenant_id AS tenant_id, c.interaction_id AS interaction_id, c.record_version AS record_version, c.state AS state,
       c.exclusion AS exclusion, c.dead_letter_stage AS dead_letter_stage, c.dead_letter_reason AS dead_letter_reason,
       r.score AS score, ifNull(r.review_pending, 0) AS review_pending, r.result_id AS result_id
FROM qa_bi.v_coverage AS c
LEFT JOIN qa.base_result AS b
       ON b.tenant_id = c.tenant_id AND b.interaction_id = c.interaction_id AND b.record_version = c.record_version
LEFT JOIN (SELECT * FROM qa.result FINAL) AS r ON r.tenant_id = b.tenant_id AND r.result_id = b.result_id
WHERE c.interaction_id IN {ids:Array(String)}
ORDER BY interaction_id, tenant_id
SETTINGS join_use_nulls = 1
