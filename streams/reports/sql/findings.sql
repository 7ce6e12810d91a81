-- Findings of the results that count now.
SELECT interaction_id, n, rule_id, rule_version, rule_name, kind, verdict, doubt, leg
FROM qa.finding FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result)
ORDER BY interaction_id, indexOf(['FAULT', 'EXEMPTION', 'CREDIT', 'SIGNAL'], kind), n
