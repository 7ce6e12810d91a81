-- Alerts with their words.
SELECT a.tenant_id AS tenant_id, a.interaction_id AS interaction_id, a.kind AS kind, a.rule_id AS rule_id, a.rule_name AS rule_name,
       a.agent_id AS agent_id, toUnixTimestamp64Milli(a.raised_at) AS raised_at,
       toUnixTimestamp64Milli(a.ended_at) AS ended_at, ifNull(w.words, '') AS words,
       a.linked_interaction_ids AS linked_interaction_ids
FROM (SELECT * FROM qa.alert FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')) AS a
LEFT JOIN (SELECT * FROM qa_content.alert_words FINAL) AS w ON w.tenant_id = a.tenant_id AND w.interaction_id = a.interaction_id AND w.alert_id = a.alert_id
ORDER BY a.ended_at, a.kind
SETTINGS join_use_nulls = 1
