-- Reason: scores, items, findings and reasons as they count now, and scores as they were known on a day.
-- Rewrites data: no (views only).
-- Undo: DROP VIEW qa_bi.v_contact_reason, qa_bi.v_finding, qa_bi.v_score_item, qa_bi.v_score_as_known, qa_bi.v_score;

CREATE OR REPLACE VIEW qa_bi.v_score
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    leg Int16 COMMENT '坐席段序号 / leg',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    ended_at DateTime64(3, 'UTC') COMMENT '结束时间 / ended',
    agent_id String COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    site_id LowCardinality(Nullable(String)) COMMENT '职场 / site',
    work_location LowCardinality(Nullable(String)) COMMENT '职场或居家 / at the site or at home',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    score Nullable(Float64) COMMENT '得分 0-100 / score 0-100',
    score_before_red_line Nullable(Float64) COMMENT '红线清零前得分 / score before a red line',
    earned Float64 COMMENT '得分分子：得到的权重 / numerator: weight earned',
    potential Float64 COMMENT '得分分母：适用项总权重 / denominator: weight of applicable items',
    bonus Float64 COMMENT '加分 / bonus',
    red_line UInt8 COMMENT '是否触红线 / 1 where a red line was crossed',
    review_pending UInt8 COMMENT '是否待复核 / 1 where a review is pending',
    full_service UInt8 COMMENT '是否适用完整流程项 / 1 where items of the full service flow apply',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    record_version Int64 COMMENT '记录版本 / record version',
    activation_seq Int64 COMMENT '启用序号 / activation of the rules',
    result_id String COMMENT '坐席段结果编号 / result id of the leg',
    interaction_result_id String COMMENT '交互结果编号 / result id of the interaction',
    content_digest String COMMENT '内容摘要 / digest of what a reader sees',
    decided_at DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    b.tenant_id AS tenant_id, b.interaction_id AS interaction_id, a.leg AS leg,
    i.business_date AS business_date, i.channel AS channel, i.ended_at AS ended_at,
    s.agent_id AS agent_id, g.team_id AS team_id, g.site_id AS site_id, g.work_location AS work_location,
    ifNull(g.queue_id, i.queue_id) AS queue_id,
    s.score AS score, s.score_before_red_line AS score_before_red_line, s.earned AS earned, s.potential AS potential,
    s.bonus AS bonus, s.red_line AS red_line, s.review_pending AS review_pending, s.full_service AS full_service,
    b.scorecard_id AS scorecard_id, b.record_version AS record_version, b.activation_seq AS activation_seq,
    a.result_id AS result_id, a.interaction_result_id AS interaction_result_id,
    s.content_digest AS content_digest, a.decided_at AS decided_at
FROM qa.base_result AS b
INNER JOIN qa.result_assignment AS a FINAL
    ON a.tenant_id = b.tenant_id AND a.interaction_id = b.interaction_id AND a.scorecard_id = b.scorecard_id
    AND a.record_version = b.record_version AND a.activation_seq = b.activation_seq
INNER JOIN qa.leg_score AS s FINAL
    ON s.tenant_id = a.tenant_id AND s.interaction_id = a.interaction_id AND s.result_id = a.result_id
INNER JOIN qa.interaction AS i FINAL
    ON i.tenant_id = b.tenant_id AND i.interaction_id = b.interaction_id
LEFT JOIN qa.agent_leg AS g FINAL
    ON g.tenant_id = b.tenant_id AND g.interaction_id = b.interaction_id
    AND g.record_version = b.record_version AND g.leg = a.leg
WHERE a.leg >= 0
SETTINGS join_use_nulls = 1
COMMENT '坐席段得分（当前有效） / score of each agent leg as it counts now';

-- SELECT ... FROM qa_bi.v_score_as_known(as_of = '2026-11-01 00:00:00') (UTC).
CREATE OR REPLACE VIEW qa_bi.v_score_as_known
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    leg Int16 COMMENT '坐席段序号 / leg',
    agent_id String COMMENT '工号 / agent',
    score Nullable(Float64) COMMENT '得分 0-100 / score 0-100',
    score_before_red_line Nullable(Float64) COMMENT '红线清零前得分 / score before a red line',
    earned Float64 COMMENT '得分分子：得到的权重 / numerator: weight earned',
    potential Float64 COMMENT '得分分母：适用项总权重 / denominator: weight of applicable items',
    bonus Float64 COMMENT '加分 / bonus',
    red_line UInt8 COMMENT '是否触红线 / 1 where a red line was crossed',
    review_pending UInt8 COMMENT '是否待复核 / 1 where a review is pending',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    record_version Int64 COMMENT '记录版本 / record version',
    activation_seq Int64 COMMENT '启用序号 / activation of the rules',
    result_id String COMMENT '坐席段结果编号 / result id of the leg',
    interaction_result_id String COMMENT '交互结果编号 / result id of the interaction',
    content_digest String COMMENT '内容摘要 / digest of what a reader sees',
    decided_at DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    b.tenant_id AS tenant_id, b.interaction_id AS interaction_id, a.leg AS leg, s.agent_id AS agent_id,
    s.score AS score, s.score_before_red_line AS score_before_red_line, s.earned AS earned, s.potential AS potential,
    s.bonus AS bonus, s.red_line AS red_line, s.review_pending AS review_pending,
    b.scorecard_id AS scorecard_id, b.record_version AS record_version, b.activation_seq AS activation_seq,
    a.result_id AS result_id, a.interaction_result_id AS interaction_result_id,
    s.content_digest AS content_digest, a.decided_at AS decided_at
FROM qa.base_result_as_known(as_of = {as_of:DateTime64(3, 'UTC')}) AS b
INNER JOIN qa.result_assignment AS a FINAL
    ON a.tenant_id = b.tenant_id AND a.interaction_id = b.interaction_id AND a.scorecard_id = b.scorecard_id
    AND a.record_version = b.record_version AND a.activation_seq = b.activation_seq
INNER JOIN qa.leg_score AS s FINAL
    ON s.tenant_id = a.tenant_id AND s.interaction_id = a.interaction_id AND s.result_id = a.result_id
WHERE a.leg >= 0
COMMENT '某时刻所知的坐席段得分 / score of each agent leg as it was known at as_of';

CREATE OR REPLACE VIEW qa_bi.v_score_item
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    leg Int16 COMMENT '坐席段序号 / leg',
    n UInt16 COMMENT '评分项序号 / row number of the item',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    agent_id String COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    item_id LowCardinality(String) COMMENT '评分项 / item',
    item_name LowCardinality(String) COMMENT '评分项名称 / name of the item',
    section LowCardinality(String) COMMENT '章节 / section',
    answer LowCardinality(String) COMMENT '回答 / answer',
    applicable UInt8 COMMENT '分母：是否计入（通过或不通过） / denominator: 1 where it counts (PASS or FAIL)',
    passed UInt8 COMMENT '分子：是否通过 / numerator: 1 where passed',
    weight Float64 COMMENT '权重 / weight',
    earned Float64 COMMENT '得到的权重 / weight earned',
    red_line UInt8 COMMENT '是否红线项 / 1 for a red-line item',
    reason String COMMENT '理由 / why',
    findings Array(UInt32) COMMENT '依据的发现序号 / n of the findings behind it',
    result_id String COMMENT '坐席段结果编号 / result id of the leg',
    interaction_result_id String COMMENT '交互结果编号 / result id of the interaction'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    s.tenant_id AS tenant_id, s.interaction_id AS interaction_id, s.leg AS leg, t.n AS n,
    s.business_date AS business_date, s.channel AS channel, s.agent_id AS agent_id, s.team_id AS team_id,
    s.queue_id AS queue_id, s.scorecard_id AS scorecard_id,
    t.item_id AS item_id, t.item_name AS item_name, t.section AS section, t.answer AS answer,
    t.answer IN ('PASS', 'FAIL') AS applicable, t.answer = 'PASS' AS passed,
    t.weight AS weight, t.earned AS earned, t.red_line AS red_line, t.reason AS reason, t.findings AS findings,
    s.result_id AS result_id, s.interaction_result_id AS interaction_result_id
FROM qa_bi.v_score AS s
INNER JOIN qa.score_item AS t FINAL
    ON t.tenant_id = s.tenant_id AND t.interaction_id = s.interaction_id AND t.result_id = s.result_id
COMMENT '评分项（当前有效） / items of each score as it counts now';

CREATE OR REPLACE VIEW qa_bi.v_finding
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    n UInt32 COMMENT '发现序号 / row number of the finding',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    leg Int16 COMMENT '坐席段序号，-1 为不属于坐席 / leg, -1 where it concerns none',
    agent_id Nullable(String) COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    site_id LowCardinality(Nullable(String)) COMMENT '职场 / site',
    work_location LowCardinality(Nullable(String)) COMMENT '职场或居家 / at the site or at home',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    rule_id LowCardinality(String) COMMENT '规则 / rule',
    rule_version LowCardinality(String) COMMENT '规则版本 / version of the rule',
    rule_name LowCardinality(String) COMMENT '规则名称 / name of the rule',
    kind LowCardinality(String) COMMENT '种类 / kind',
    verdict LowCardinality(String) COMMENT '判定 / verdict',
    doubt LowCardinality(String) COMMENT '存疑原因 / why it is uncertain',
    review_decision LowCardinality(Nullable(String)) COMMENT '人工复核结论，未复核为空 / decision of the latest review, null where none',
    evidence_count UInt16 COMMENT '证据数 / pieces of evidence',
    turn Nullable(Int32) COMMENT '首个证据的话轮 / turn of the first evidence',
    start_ms Nullable(Int64) COMMENT '首个证据起点毫秒 / start of the first evidence, ms',
    end_ms Nullable(Int64) COMMENT '首个证据终点毫秒 / end of the first evidence, ms',
    value Nullable(Float64) COMMENT '实测值 / measured value',
    threshold Nullable(Float64) COMMENT '阈值 / threshold',
    unit LowCardinality(Nullable(String)) COMMENT '单位 / unit',
    activation_seq Int64 COMMENT '启用序号 / activation of the rules',
    result_id String COMMENT '交互结果编号 / result id of the interaction',
    decided_at DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    b.tenant_id AS tenant_id, b.interaction_id AS interaction_id, f.n AS n,
    i.business_date AS business_date, i.channel AS channel, f.leg AS leg,
    g.agent_id AS agent_id, g.team_id AS team_id, g.site_id AS site_id, g.work_location AS work_location,
    ifNull(g.queue_id, i.queue_id) AS queue_id,
    f.rule_id AS rule_id, f.rule_version AS rule_version, f.rule_name AS rule_name, f.kind AS kind,
    f.verdict AS verdict, f.doubt AS doubt, v.decision AS review_decision, f.evidence_count AS evidence_count,
    e.turn AS turn, e.start_ms AS start_ms, e.end_ms AS end_ms, e.value AS value, e.threshold AS threshold, e.unit AS unit,
    b.activation_seq AS activation_seq, b.result_id AS result_id, b.decided_at AS decided_at
FROM qa.base_result AS b
INNER JOIN qa.finding AS f FINAL
    ON f.tenant_id = b.tenant_id AND f.interaction_id = b.interaction_id AND f.result_id = b.result_id
INNER JOIN qa.interaction AS i FINAL
    ON i.tenant_id = b.tenant_id AND i.interaction_id = b.interaction_id
LEFT JOIN qa.agent_leg AS g FINAL
    ON g.tenant_id = b.tenant_id AND g.interaction_id = b.interaction_id
    AND g.record_version = b.record_version AND g.leg = f.leg
LEFT JOIN (SELECT * FROM qa.evidence FINAL WHERE n = 0) AS e
    ON e.tenant_id = f.tenant_id AND e.interaction_id = f.interaction_id
    AND e.result_id = f.result_id AND e.finding = f.n
LEFT JOIN
(
    SELECT tenant_id, interaction_id, result_id, rule_id, leg, toString(argMax(decision, reviewed_at)) AS decision
    FROM qa.review FINAL
    GROUP BY tenant_id, interaction_id, result_id, rule_id, leg
) AS v ON v.tenant_id = f.tenant_id AND v.interaction_id = f.interaction_id
    AND v.result_id = f.result_id AND v.rule_id = f.rule_id AND v.leg = f.leg
SETTINGS join_use_nulls = 1
COMMENT '规则发现（当前有效） / findings as they count now';

CREATE OR REPLACE VIEW qa_bi.v_contact_reason
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    n UInt16 COMMENT '原因序号 / row number of the reason',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    level1 LowCardinality(String) COMMENT '一级原因 / reason, level 1',
    level2 LowCardinality(String) COMMENT '二级原因 / reason, level 2',
    is_primary UInt8 COMMENT '是否主要原因 / 1 for the primary reason',
    verdict LowCardinality(String) COMMENT '判定 / verdict',
    rule_id LowCardinality(String) COMMENT '规则 / rule',
    source_contact_reason LowCardinality(Nullable(String)) COMMENT '坐席或流程点选的原因 / reason clicked by agent or flow',
    activation_seq Int64 COMMENT '启用序号 / activation of the rules'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    b.tenant_id AS tenant_id, b.interaction_id AS interaction_id, c.n AS n,
    i.business_date AS business_date, i.channel AS channel, i.queue_id AS queue_id,
    c.level1 AS level1, c.level2 AS level2, c.is_primary AS is_primary, c.verdict AS verdict, c.rule_id AS rule_id,
    i.source_contact_reason AS source_contact_reason, b.activation_seq AS activation_seq
FROM qa.base_result AS b
INNER JOIN qa.contact_reason AS c FINAL
    ON c.tenant_id = b.tenant_id AND c.interaction_id = b.interaction_id AND c.result_id = b.result_id
INNER JOIN qa.interaction AS i FINAL
    ON i.tenant_id = b.tenant_id AND i.interaction_id = b.interaction_id
COMMENT '来电原因（当前有效） / contact reasons as they count now';
