-- The index of dead letters.
SELECT interaction_id, stage, reason, detail, source_topic, source_partition, source_offset, attempts
FROM qa.dead_letter FINAL ORDER BY source_topic, source_partition, source_offset
