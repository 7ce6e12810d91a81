-- One receipt per agent leg.
SELECT tenant_id, interaction_id, leg, agent_id, score, score_before_red_line, earned, potential, bonus, red_line, review_pending
FROM qa.leg_score FINAL WHERE interaction_result_id IN (SELECT result_id FROM qa.base_result WHERE (tenant_id, interaction_id) IN
       (SELECT tenant_id, interaction_id FROM qa.interaction FINAL WHERE ended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC') AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')))
ORDER BY tenant_id, interaction_id, leg
