-- Reason: agents, teams and sites. Each rate stands beside its numerator and denominator, so that days can be added up.
-- Rewrites data: no (views only).
-- Undo: DROP VIEW qa_bi.v_site, qa_bi.v_team, qa_bi.v_agent, qa_bi.v_agent_leg;

-- A leg of the interaction's current version with its score. A leg without after-contact work (acw_ms null: not
-- finished or not measured) leaves both sides of handling time; a leg without hold was not held.
CREATE OR REPLACE VIEW qa_bi.v_agent_leg
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    leg Int16 COMMENT '坐席段序号 / leg',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    agent_id String COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    site_id LowCardinality(Nullable(String)) COMMENT '职场 / site',
    work_location LowCardinality(String) COMMENT '职场或居家 / at the site or at home',
    vendor_id LowCardinality(Nullable(String)) COMMENT '外包商 / outsourcer',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    joined_at Nullable(DateTime64(3, 'UTC')) COMMENT '接入时间 / joined',
    left_at Nullable(DateTime64(3, 'UTC')) COMMENT '离开时间 / left',
    talk_ms Nullable(Int64) COMMENT '通话毫秒 / talk, ms',
    hold_ms Nullable(Int64) COMMENT '保持毫秒 / hold, ms',
    acw_ms Nullable(Int64) COMMENT '话后处理毫秒 / after-contact work, ms',
    handle_ms Nullable(Int64) COMMENT '处理毫秒：通话加保持加话后，话后未完则为空 / talk + hold + after-contact work, null where the latter is unknown',
    first_reply_ms Nullable(Int64) COMMENT '首次回复毫秒 / first reply, ms',
    transfer_kind LowCardinality(String) COMMENT '转接方式 / how the leg was handed on',
    score Nullable(Float64) COMMENT '得分 / score',
    red_line Nullable(UInt8) COMMENT '是否触红线 / 1 where a red line was crossed',
    review_pending Nullable(UInt8) COMMENT '是否待复核 / 1 where a review is pending',
    fault_count UInt64 COMMENT '命中的差错数 / faults hit',
    credit_count UInt64 COMMENT '命中的加分数 / credits hit',
    uncertain_count UInt64 COMMENT '存疑数 / uncertain findings'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    i.tenant_id AS tenant_id, i.interaction_id AS interaction_id, g.leg AS leg,
    i.business_date AS business_date, i.channel AS channel,
    g.agent_id AS agent_id, g.team_id AS team_id, g.site_id AS site_id, g.work_location AS work_location,
    g.vendor_id AS vendor_id, ifNull(g.queue_id, i.queue_id) AS queue_id, g.joined_at AS joined_at, g.left_at AS left_at,
    g.talk_ms AS talk_ms, g.hold_ms AS hold_ms, g.acw_ms AS acw_ms,
    g.talk_ms + ifNull(g.hold_ms, 0) + g.acw_ms AS handle_ms,
    g.first_reply_ms AS first_reply_ms, g.transfer_kind AS transfer_kind,
    s.score AS score, s.red_line AS red_line, s.review_pending AS review_pending,
    ifNull(f.faults, 0) AS fault_count, ifNull(f.credits, 0) AS credit_count, ifNull(f.uncertain, 0) AS uncertain_count
FROM qa.interaction AS i FINAL
INNER JOIN qa.agent_leg AS g FINAL
    ON g.tenant_id = i.tenant_id AND g.interaction_id = i.interaction_id AND g.record_version = i.record_version
LEFT JOIN qa_bi.v_score AS s
    ON s.tenant_id = i.tenant_id AND s.interaction_id = i.interaction_id AND s.leg = g.leg AND s.agent_id = g.agent_id
LEFT JOIN
(
    SELECT tenant_id, interaction_id, leg, assumeNotNull(agent_id) AS agent_id,
        countIf(kind = 'FAULT' AND verdict = 'HIT') AS faults, countIf(kind = 'CREDIT' AND verdict = 'HIT') AS credits,
        countIf(verdict = 'UNCERTAIN') AS uncertain
    FROM qa_bi.v_finding
    WHERE leg >= 0 AND isNotNull(agent_id)
    GROUP BY tenant_id, interaction_id, leg, agent_id
) AS f ON f.tenant_id = i.tenant_id AND f.interaction_id = i.interaction_id AND f.leg = g.leg AND f.agent_id = g.agent_id
WHERE g.leg < i.leg_count
SETTINGS join_use_nulls = 1
COMMENT '坐席段：每次交互每位坐席一行，含得分 / one row an interaction and agent leg, with its score';

CREATE OR REPLACE VIEW qa_bi.v_agent
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    agent_id String COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    site_id LowCardinality(Nullable(String)) COMMENT '职场 / site',
    work_location LowCardinality(String) COMMENT '职场或居家 / at the site or at home',
    handled_count UInt64 COMMENT '服务的坐席段数 / legs handled',
    score_sum Nullable(Float64) COMMENT '平均分分子：得分之和 / mean score, numerator: sum of scores',
    scored_count UInt64 COMMENT '平均分分母：有得分的坐席段数 / mean score, denominator: legs with a score',
    score_mean Nullable(Float64) COMMENT '平均分 / mean score',
    red_line_count UInt64 COMMENT '红线率分子：触红线的坐席段数 / red-line rate, numerator',
    red_line_denominator UInt64 COMMENT '红线率分母：有得分的坐席段数 / red-line rate, denominator: legs with a score',
    red_line_rate Nullable(Float64) COMMENT '红线率 / red-line rate',
    fault_count UInt64 COMMENT '差错命中数 / faults hit',
    credit_count UInt64 COMMENT '加分命中数 / credits hit',
    uncertain_count UInt64 COMMENT '存疑数 / uncertain findings',
    review_pending_count UInt64 COMMENT '待复核坐席段数 / legs with a review pending',
    handle_ms_sum Nullable(Int64) COMMENT '平均处理时长分子：通话、保持、话后之和 / handling time, numerator: talk + hold + after-contact work, ms',
    handle_denominator UInt64 COMMENT '平均处理时长分母：三者齐全的坐席段数 / handling time, denominator: legs for which it is known',
    handle_ms_mean Nullable(Float64) COMMENT '平均处理毫秒 / mean handling time, ms'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tenant_id, business_date, channel, queue_id, agent_id, team_id, site_id, work_location,
    count() AS handled_count,
    sum(score) AS score_sum, countIf(isNotNull(score)) AS scored_count, score_sum / nullIf(scored_count, 0) AS score_mean,
    countIf(red_line = 1) AS red_line_count, countIf(isNotNull(score)) AS red_line_denominator,
    red_line_count / nullIf(red_line_denominator, 0) AS red_line_rate,
    sum(l.fault_count) AS fault_count, sum(l.credit_count) AS credit_count, sum(l.uncertain_count) AS uncertain_count,
    countIf(review_pending = 1) AS review_pending_count,
    sum(handle_ms) AS handle_ms_sum, countIf(isNotNull(handle_ms)) AS handle_denominator,
    handle_ms_sum / nullIf(handle_denominator, 0) AS handle_ms_mean
FROM qa_bi.v_agent_leg AS l
GROUP BY tenant_id, business_date, channel, queue_id, agent_id, team_id, site_id, work_location
COMMENT '坐席：每日、渠道、队列 / agent by day, channel and queue';

CREATE OR REPLACE VIEW qa_bi.v_team
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    agent_count UInt64 COMMENT '坐席人数 / agents',
    handled_count UInt64 COMMENT '服务的坐席段数 / legs handled',
    score_sum Nullable(Float64) COMMENT '平均分分子：得分之和 / mean score, numerator: sum of scores',
    scored_count UInt64 COMMENT '平均分分母：有得分的坐席段数 / mean score, denominator: legs with a score',
    score_mean Nullable(Float64) COMMENT '平均分 / mean score',
    red_line_count UInt64 COMMENT '红线率分子：触红线的坐席段数 / red-line rate, numerator',
    red_line_denominator UInt64 COMMENT '红线率分母：有得分的坐席段数 / red-line rate, denominator: legs with a score',
    red_line_rate Nullable(Float64) COMMENT '红线率 / red-line rate',
    fault_count UInt64 COMMENT '差错命中数 / faults hit',
    credit_count UInt64 COMMENT '加分命中数 / credits hit',
    handle_ms_sum Nullable(Int64) COMMENT '平均处理时长分子 / handling time, numerator, ms',
    handle_denominator UInt64 COMMENT '平均处理时长分母 / handling time, denominator',
    handle_ms_mean Nullable(Float64) COMMENT '平均处理毫秒 / mean handling time, ms'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tenant_id, business_date, channel, queue_id, team_id,
    uniqExact(agent_id) AS agent_count, sum(a.handled_count) AS handled_count,
    sum(a.score_sum) AS score_sum, sum(a.scored_count) AS scored_count, score_sum / nullIf(scored_count, 0) AS score_mean,
    sum(a.red_line_count) AS red_line_count, sum(a.red_line_denominator) AS red_line_denominator,
    red_line_count / nullIf(red_line_denominator, 0) AS red_line_rate,
    sum(a.fault_count) AS fault_count, sum(a.credit_count) AS credit_count,
    sum(a.handle_ms_sum) AS handle_ms_sum, sum(a.handle_denominator) AS handle_denominator,
    handle_ms_sum / nullIf(handle_denominator, 0) AS handle_ms_mean
FROM qa_bi.v_agent AS a
GROUP BY tenant_id, business_date, channel, queue_id, team_id
COMMENT '班组：每日、渠道、队列 / team by day, channel and queue';

-- Site against home, raw: compare within a queue and reason, and look at the interval, not at the mean alone.
CREATE OR REPLACE VIEW qa_bi.v_site
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    reason_level1 LowCardinality(Nullable(String)) COMMENT '主要原因（一级） / primary reason, level 1',
    site_id LowCardinality(Nullable(String)) COMMENT '职场 / site',
    work_location LowCardinality(String) COMMENT '职场或居家，UNKNOWN 单列 / at the site or at home, UNKNOWN apart',
    agent_count UInt64 COMMENT '坐席人数 / agents',
    handled_count UInt64 COMMENT '服务的坐席段数 / legs handled',
    score_sum Nullable(Float64) COMMENT '平均分分子：得分之和 / mean score, numerator: sum of scores',
    score_square_sum Nullable(Float64) COMMENT '得分平方和，用于置信区间 / sum of squared scores, for the interval',
    scored_count UInt64 COMMENT '平均分分母：有得分的坐席段数 / mean score, denominator: legs with a score',
    score_mean Nullable(Float64) COMMENT '平均分 / mean score',
    score_margin Nullable(Float64) COMMENT '95% 置信半径（正态近似），少于 2 条为空 / half width of the 95 % interval (normal), null below 2 legs',
    red_line_count UInt64 COMMENT '红线率分子 / red-line rate, numerator',
    red_line_denominator UInt64 COMMENT '红线率分母 / red-line rate, denominator',
    red_line_rate Nullable(Float64) COMMENT '红线率 / red-line rate',
    handle_ms_sum Nullable(Int64) COMMENT '平均处理时长分子 / handling time, numerator, ms',
    handle_denominator UInt64 COMMENT '平均处理时长分母 / handling time, denominator',
    handle_ms_mean Nullable(Float64) COMMENT '平均处理毫秒 / mean handling time, ms'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    l.tenant_id AS tenant_id, l.business_date AS business_date, l.channel AS channel, l.queue_id AS queue_id,
    c.level1 AS reason_level1, l.site_id AS site_id, l.work_location AS work_location,
    uniqExact(l.agent_id) AS agent_count, count() AS handled_count,
    sum(l.score) AS score_sum, sum(l.score * l.score) AS score_square_sum, countIf(isNotNull(l.score)) AS scored_count,
    score_sum / nullIf(scored_count, 0) AS score_mean,
    if(scored_count < 2, NULL, 1.96 * stddevSamp(l.score) / sqrt(scored_count)) AS score_margin,
    countIf(l.red_line = 1) AS red_line_count, countIf(isNotNull(l.score)) AS red_line_denominator,
    red_line_count / nullIf(red_line_denominator, 0) AS red_line_rate,
    sum(l.handle_ms) AS handle_ms_sum, countIf(isNotNull(l.handle_ms)) AS handle_denominator,
    handle_ms_sum / nullIf(handle_denominator, 0) AS handle_ms_mean
FROM qa_bi.v_agent_leg AS l
LEFT JOIN
(
    SELECT tenant_id, interaction_id, toString(argMin(level1, n)) AS level1
    FROM qa_bi.v_contact_reason
    WHERE is_primary = 1
    GROUP BY tenant_id, interaction_id
) AS c ON c.tenant_id = l.tenant_id AND c.interaction_id = l.interaction_id
GROUP BY tenant_id, business_date, channel, queue_id, reason_level1, site_id, work_location
SETTINGS join_use_nulls = 1
COMMENT '职场与居家对比，按队列与原因分层 / site and home, by queue and reason';
