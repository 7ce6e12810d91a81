-- Findings of the results that count now, by interaction, each with the words of its evidence.
SELECT f.tenant_id AS tenant_id, f.interaction_id AS interaction_id, f.rule_id AS rule_id, f.rule_name AS rule_name,
       toString(f.kind) AS kind, toString(f.verdict) AS verdict, f.leg AS leg,
       groupArrayIf(w.words, w.words != '') AS words
FROM (SELECT * FROM qa.finding FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result)) AS f
LEFT JOIN (SELECT * FROM qa_content.evidence_words FINAL) AS w ON w.tenant_id = f.tenant_id AND w.result_id = f.result_id AND w.finding = f.n
WHERE f.interaction_id IN {ids:Array(String)}
GROUP BY tenant_id, interaction_id, f.result_id, f.n, rule_id, rule_name, kind, verdict, leg
ORDER BY interaction_id, tenant_id, indexOf(['FAULT', 'EXEMPTION', 'CREDIT', 'SIGNAL'], kind), f.n
