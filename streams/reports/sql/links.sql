-- Links between interactions.
SELECT DISTINCT tenant_id, interaction_id, linked_interaction_id FROM qa.interaction_link FINAL
WHERE (tenant_id, interaction_id) IN
    (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC'))
ORDER BY 1, 2, 3
