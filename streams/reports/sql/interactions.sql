-- One row per interaction with the result that counts now; the columns from conversation_ms to longest_reply_ms are measures.
SELECT i.tenant_id AS tenant_id, i.interaction_id AS interaction_id, i.channel AS channel, i.direction AS direction,
       ifNull(i.queue_name, ifNull(i.queue_id, '')) AS queue,
       toUnixTimestamp64Milli(i.started_at) AS started_at, toUnixTimestamp64Milli(i.ended_at) AS ended_at,
       i.site_timezone AS site_timezone, i.disconnect_party AS disconnect_party,
       r.status AS status, r.exclusion AS exclusion, r.score AS score, r.review_pending AS review_pending,
       concat(r.ruleset_id, ' ', substring(r.ruleset_hash, 1, 8)) AS ruleset,
       concat(r.scorecard_id, ' ', substring(r.scorecard_hash, 1, 8)) AS scorecard,
       b.activation_seq AS activation_seq,
       trim(concat(ifNull(t.engine, ''), ' ', ifNull(t.model, ''))) AS engine,
       t.doubts AS doubts,
       t.conversation_ms AS conversation_ms, t.agent_talk_ms AS agent_talk_ms, t.customer_talk_ms AS customer_talk_ms, t.overlap_ms AS overlap_ms, t.silence_ms AS silence_ms, t.longest_silence_ms AS longest_silence_ms, t.agent_interruption_count AS agent_interruption_count, t.agent_cpm AS agent_cpm, t.customer_cpm AS customer_cpm, t.first_reply_ms AS first_reply_ms, t.longest_reply_ms AS longest_reply_ms,
       if(s.answered_at IS NULL, NULL, s.score) AS survey_score
FROM qa.interaction AS i FINAL
INNER JOIN qa.base_result AS b ON b.tenant_id = i.tenant_id AND b.interaction_id = i.interaction_id
INNER JOIN (SELECT * FROM qa.result FINAL) AS r
        ON r.tenant_id = i.tenant_id AND r.interaction_id = i.interaction_id AND r.result_id = b.result_id
LEFT JOIN (SELECT * FROM qa.transcript FINAL) AS t
       ON t.tenant_id = i.tenant_id AND t.interaction_id = i.interaction_id AND t.transcript_id = ifNull(r.transcript_id, '')
LEFT JOIN (SELECT tenant_id, interaction_id, answered_at, score FROM qa.survey FINAL) AS s
       ON s.tenant_id = i.tenant_id AND s.interaction_id = i.interaction_id
WHERE (i.tenant_id, i.interaction_id) IN
    (SELECT tenant_id, interaction_id FROM qa.interaction FINAL
     WHERE ({day:String} = '' OR toString(business_date) = {day:String})
       AND (tenant_id, interaction_id) IN (SELECT tenant_id, interaction_id FROM qa.base_result)
     ORDER BY ended_at DESC, interaction_id LIMIT {most:UInt32})
ORDER BY indexOf(['VOICE', 'WEB', 'SELF_SERVICE'], i.channel), i.interaction_id, i.tenant_id
SETTINGS join_use_nulls = 1
