-- One receipt per agent leg.
SELECT interaction_id, leg, agent_id, score, score_before_red_line, earned, potential, bonus, red_line, review_pending
FROM qa.leg_score FINAL WHERE interaction_result_id IN (SELECT result_id FROM qa.base_result)
ORDER BY interaction_id, leg
