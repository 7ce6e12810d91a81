-- What counts now of every interaction, as a digest without ids.
SELECT b.tenant_id AS tenant_id, b.interaction_id AS interaction_id, r.content_digest AS content_digest
FROM qa.base_result AS b
INNER JOIN (SELECT tenant_id, result_id, content_digest FROM qa.result FINAL) AS r
        ON r.tenant_id = b.tenant_id AND r.result_id = b.result_id
