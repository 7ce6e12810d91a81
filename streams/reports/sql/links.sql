-- Links between interactions.
SELECT DISTINCT interaction_id, linked_interaction_id FROM qa.interaction_link FINAL ORDER BY 1, 2
