-- Lines of the receipts.
SELECT i.interaction_id AS interaction_id, l.leg AS leg, i.item_id AS item_id, i.item_name AS item_name,
       i.section AS section, i.answer AS answer, i.weight AS weight, i.earned AS earned, i.red_line AS red_line,
       i.reason AS reason, i.findings AS findings
FROM (SELECT * FROM qa.score_item FINAL) AS i
INNER JOIN (SELECT * FROM qa.leg_score FINAL WHERE interaction_result_id IN (SELECT result_id FROM qa.base_result)) AS l
        ON l.result_id = i.result_id
ORDER BY i.interaction_id, l.leg, i.n
