-- Contact reasons, the primary one first.
SELECT tenant_id, interaction_id, level1, level2, verdict, is_primary, source, confidence
FROM qa.contact_reason FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result WHERE (tenant_id, interaction_id) IN
       (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')))
ORDER BY tenant_id, interaction_id, is_primary DESC, n
