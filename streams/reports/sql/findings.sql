-- Findings of the results that count now.
SELECT tenant_id, interaction_id, n, rule_id, rule_version, rule_name, kind, verdict, doubt, leg
FROM qa.finding FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result WHERE (tenant_id, interaction_id) IN
       (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')))
ORDER BY tenant_id, interaction_id, indexOf(['FAULT', 'EXEMPTION', 'CREDIT', 'SIGNAL'], kind), n
