-- The index of dead letters.
SELECT interaction_id, stage, reason, detail, source_topic, source_partition, source_offset, attempts
FROM
(
    SELECT * FROM qa.dead_letter FINAL WHERE {day:String} = '' OR toString(toDate(failed_at)) = {day:String}
    ORDER BY failed_at DESC LIMIT {most:UInt32}
)
ORDER BY source_topic, source_partition, source_offset
