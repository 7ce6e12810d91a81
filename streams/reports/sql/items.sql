-- Lines of the receipts.
SELECT i.tenant_id AS tenant_id, i.interaction_id AS interaction_id, l.leg AS leg, i.item_id AS item_id, i.item_name AS item_name,
       i.section AS section, i.answer AS answer, i.weight AS weight, i.earned AS earned,
       i.in_doubt AS in_doubt, i.red_line AS red_line, i.reason AS reason, i.findings AS findings
FROM (SELECT * FROM qa.score_item FINAL) AS i
INNER JOIN (SELECT * FROM qa.leg_score FINAL WHERE interaction_result_id IN (SELECT result_id FROM qa.base_result WHERE (tenant_id, interaction_id) IN
       (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')))) AS l
        ON l.tenant_id = i.tenant_id AND l.interaction_id = i.interaction_id AND l.result_id = i.result_id
ORDER BY i.tenant_id, i.interaction_id, l.leg, i.n
