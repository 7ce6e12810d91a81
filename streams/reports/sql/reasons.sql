-- Contact reasons, the primary one first.
SELECT interaction_id, level1, level2, verdict, is_primary
FROM qa.contact_reason FINAL WHERE result_id IN (SELECT result_id FROM qa.base_result)
ORDER BY interaction_id, is_primary DESC, n
