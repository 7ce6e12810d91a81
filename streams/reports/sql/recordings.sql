-- Recordings of the record version that counts now, in the order of the event.
SELECT r.tenant_id AS tenant_id, r.interaction_id AS interaction_id, r.n AS n, r.uri AS uri, r.sha256 AS sha256,
       toUnixTimestamp64Milli(r.started_at) AS started_at
FROM (SELECT * FROM qa_content.recording FINAL) AS r
INNER JOIN qa.base_result AS b
        ON b.tenant_id = r.tenant_id AND b.interaction_id = r.interaction_id AND b.record_version = r.record_version
WHERE (r.tenant_id, r.interaction_id) IN
    (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC'))
ORDER BY tenant_id, interaction_id, n
