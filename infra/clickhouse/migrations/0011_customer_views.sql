-- Reason: self-service, satisfaction, repeat contact and first contact resolution.
-- Rewrites data: no (views only).
-- Undo: DROP VIEW qa_bi.v_fcr, qa_bi.v_repeat_contact, qa_bi.v_satisfaction, qa_bi.v_self_service_daily, qa_bi.v_self_service_node,
--       qa_bi.v_self_service;

-- The next contact of the same customer on any channel. A part that an interaction was handed to (bot to human,
-- transfer, conference) is no new contact. Windows count from the end of the one to the start of the other.
CREATE OR REPLACE VIEW qa_bi.v_repeat_contact
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    disposition LowCardinality(String) COMMENT '结束状态 / end state',
    has_customer UInt8 COMMENT '分母：是否有客户键 / denominator: 1 where the customer is known',
    next_interaction_id Nullable(String) COMMENT '下一次联系 / next contact',
    next_channel LowCardinality(Nullable(String)) COMMENT '下一次联系的渠道 / channel of the next contact',
    gap_ms Nullable(Int64) COMMENT '间隔毫秒，重叠记零 / time between, ms; 0 where they overlap',
    same_reason Nullable(UInt8) COMMENT '主要原因（一级）是否相同，未知为空 / 1 where the primary reason (level 1) is the same, null where unknown',
    repeat_1d UInt8 COMMENT '1 天内再次联系 / 1 where repeated within 1 day',
    repeat_3d UInt8 COMMENT '3 天内再次联系 / 1 where repeated within 3 days',
    repeat_7d UInt8 COMMENT '7 天内再次联系 / 1 where repeated within 7 days',
    closed_1d UInt8 COMMENT '1 天窗口是否已满 / 1 where the window of 1 day is over',
    closed_3d UInt8 COMMENT '3 天窗口是否已满 / 1 where the window of 3 days is over',
    closed_7d UInt8 COMMENT '7 天窗口是否已满，未满则不是最终值 / 1 where the window of 7 days is over; not final before'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
WITH
    reasons AS
    (
        SELECT tenant_id, interaction_id, toString(argMin(level1, n)) AS level1
        FROM qa_bi.v_contact_reason
        WHERE is_primary = 1
        GROUP BY tenant_id, interaction_id
    ),
    contacts AS
    (
        SELECT i.tenant_id AS tenant_id, i.interaction_id AS interaction_id, ifNull(i.customer_key, '') AS customer,
            i.started_at AS started_at, i.channel AS channel, r.level1 AS level1
        FROM qa.interaction AS i FINAL
        LEFT JOIN reasons AS r ON r.tenant_id = i.tenant_id AND r.interaction_id = i.interaction_id
        WHERE customer != '' AND (i.tenant_id, i.interaction_id, i.record_version) NOT IN
        (
            SELECT tenant_id, interaction_id, record_version
            FROM qa.interaction_link FINAL
            WHERE kind IN ('BOT_TO_HUMAN', 'TRANSFERRED_FROM', 'CONFERENCE')
        )
    )
SELECT
    i.tenant_id AS tenant_id, i.interaction_id AS interaction_id, i.business_date AS business_date, i.channel AS channel,
    i.queue_id AS queue_id, i.disposition AS disposition, ifNull(i.customer_key, '') != '' AS has_customer,
    c.interaction_id AS next_interaction_id, c.channel AS next_channel,
    if(isNull(c.started_at), NULL,
        greatest(toInt64(0), toUnixTimestamp64Milli(c.started_at) - toUnixTimestamp64Milli(i.ended_at))) AS gap_ms,
    r.level1 = c.level1 AS same_reason,
    ifNull(gap_ms <= 86400000, 0) AS repeat_1d,
    ifNull(gap_ms <= 3 * 86400000, 0) AS repeat_3d,
    ifNull(gap_ms <= 7 * 86400000, 0) AS repeat_7d,
    i.ended_at + toIntervalDay(1) <= now64(3) AS closed_1d,
    i.ended_at + toIntervalDay(3) <= now64(3) AS closed_3d,
    i.ended_at + toIntervalDay(7) <= now64(3) AS closed_7d
FROM qa.interaction AS i FINAL
LEFT JOIN reasons AS r ON r.tenant_id = i.tenant_id AND r.interaction_id = i.interaction_id
ASOF LEFT JOIN contacts AS c
    ON c.tenant_id = i.tenant_id AND c.customer = ifNull(i.customer_key, '') AND c.started_at > i.started_at
SETTINGS join_use_nulls = 1
COMMENT '重复来电：每次交互的下一次联系 / repeat contact: the next contact after each interaction';

-- Two rates that are never mixed: what the customer said, and whether the customer came back. The system rate
-- leaves out customers without a key and windows that are still open.
CREATE OR REPLACE VIEW qa_bi.v_fcr
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    said_numerator UInt64 COMMENT '客户自述解决率分子：自述已解决且此前 7 天未联系 / customer-said, numerator: says solved, no contact in the 7 days before',
    said_denominator UInt64 COMMENT '客户自述解决率分母：回答了是否解决 / customer-said, denominator: answered the question',
    said_rate Nullable(Float64) COMMENT '首次解决率（客户自述） / first contact resolution, customer-said',
    no_repeat_numerator UInt64 COMMENT '无重复来电率分子：7 天内未再联系 / no repeat, numerator: no contact within 7 days',
    no_repeat_denominator UInt64 COMMENT '无重复来电率分母：已服务、有客户键、窗口已满 / no repeat, denominator: handled, customer known, window over',
    no_repeat_rate Nullable(Float64) COMMENT '首次解决率（7 天无重复） / first contact resolution, no repeat in 7 days',
    window_open_count UInt64 COMMENT '窗口未满而未计入 / left out: window still open',
    customer_unknown_count UInt64 COMMENT '客户未知而未计入 / left out: customer unknown'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    p.tenant_id AS tenant_id, p.business_date AS business_date, p.channel AS channel, p.queue_id AS queue_id,
    countIf(v.resolved = 'YES' AND isNull(e.interaction_id)) AS said_numerator,
    countIf(v.resolved IN ('YES', 'NO')) AS said_denominator,
    said_numerator / nullIf(said_denominator, 0) AS said_rate,
    countIf(served AND p.has_customer AND p.closed_7d AND NOT p.repeat_7d) AS no_repeat_numerator,
    countIf(served AND p.has_customer AND p.closed_7d) AS no_repeat_denominator,
    no_repeat_numerator / nullIf(no_repeat_denominator, 0) AS no_repeat_rate,
    countIf(served AND p.has_customer AND NOT p.closed_7d) AS window_open_count,
    countIf(served AND NOT p.has_customer) AS customer_unknown_count
FROM (SELECT *, disposition IN ('HANDLED', 'SELF_SERVED') AS served FROM qa_bi.v_repeat_contact) AS p
LEFT JOIN qa.survey AS v FINAL ON v.tenant_id = p.tenant_id AND v.interaction_id = p.interaction_id
LEFT JOIN
(
    SELECT DISTINCT tenant_id, next_interaction_id AS interaction_id FROM qa_bi.v_repeat_contact WHERE repeat_7d = 1
) AS e ON e.tenant_id = p.tenant_id AND e.interaction_id = p.interaction_id
GROUP BY tenant_id, business_date, channel, queue_id
SETTINGS join_use_nulls = 1
COMMENT '首次解决率：客户自述与 7 天无重复，分列 / first contact resolution, both ways';

CREATE OR REPLACE VIEW qa_bi.v_satisfaction
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    agent_id Nullable(String) COMMENT '末位坐席，评价归其 / last agent, to whom the answer is credited',
    interaction_count UInt64 COMMENT '交互数 / interactions',
    offered_count UInt64 COMMENT '参评率分母：邀评数 / response rate, denominator: offered',
    answered_count UInt64 COMMENT '参评率分子：作答数 / response rate, numerator: answered',
    response_rate Nullable(Float64) COMMENT '参评率 / response rate',
    top_box_count UInt64 COMMENT '满意率分子：归一后不低于 0.75（五分制 4 分及以上） / top box, numerator: 0.75 or more of the scale (4 of 5)',
    scored_count UInt64 COMMENT '满意率与平均满意度分母：有分值的作答 / top box and mean, denominator: answers with a value',
    top_box_rate Nullable(Float64) COMMENT '满意率 / top-box rate',
    satisfaction_sum Nullable(Float64) COMMENT '平均满意度分子：归一分之和 / mean, numerator: sum of normalised values',
    satisfaction_mean Nullable(Float64) COMMENT '平均满意度 0-1 / mean satisfaction on 0-1',
    resolved_count UInt64 COMMENT '自述解决率分子 / says solved, numerator',
    resolved_denominator UInt64 COMMENT '自述解决率分母：回答了是否解决 / says solved, denominator',
    resolved_rate Nullable(Float64) COMMENT '自述解决率 / share that says solved'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    i.tenant_id AS tenant_id, i.business_date AS business_date, i.channel AS channel, i.queue_id AS queue_id,
    g.agent_id AS agent_id,
    count() AS interaction_count,
    countIf(isNotNull(v.interaction_id)) AS offered_count,
    countIf(isNotNull(v.answered_at)) AS answered_count,
    answered_count / nullIf(offered_count, 0) AS response_rate,
    countIf(v.normal >= 0.75) AS top_box_count,
    countIf(isNotNull(v.normal)) AS scored_count,
    top_box_count / nullIf(scored_count, 0) AS top_box_rate,
    sum(v.normal) AS satisfaction_sum,
    satisfaction_sum / nullIf(scored_count, 0) AS satisfaction_mean,
    countIf(v.resolved = 'YES') AS resolved_count,
    countIf(v.resolved IN ('YES', 'NO')) AS resolved_denominator,
    resolved_count / nullIf(resolved_denominator, 0) AS resolved_rate
FROM qa.interaction AS i FINAL
LEFT JOIN
(
    SELECT tenant_id, interaction_id, answered_at, resolved,
        (score - scale_min) / nullIf(scale_max - scale_min, 0) AS normal
    FROM qa.survey FINAL
) AS v ON v.tenant_id = i.tenant_id AND v.interaction_id = i.interaction_id
LEFT JOIN qa.agent_leg AS g FINAL
    ON g.tenant_id = i.tenant_id AND g.interaction_id = i.interaction_id AND g.record_version = i.record_version
    AND g.leg = toInt16(i.leg_count) - 1
GROUP BY tenant_id, business_date, channel, queue_id, agent_id
SETTINGS join_use_nulls = 1
COMMENT '满意度与参评率 / satisfaction and response rate';

CREATE OR REPLACE VIEW qa_bi.v_self_service
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '结束渠道 / channel on which it ended',
    entry_point LowCardinality(Nullable(String)) COMMENT '入口 / entry point',
    flow_id LowCardinality(String) COMMENT '自助流程 / flow',
    flow_version LowCardinality(Nullable(String)) COMMENT '流程版本 / flow version',
    task LowCardinality(Nullable(String)) COMMENT '自助任务 / task',
    outcome LowCardinality(String) COMMENT '自助结果 / outcome',
    outcome_source LowCardinality(String) COMMENT '结果来源 / who says so',
    transfer_reason LowCardinality(Nullable(String)) COMMENT '转人工原因 / why it went to a human',
    step_count UInt32 COMMENT '步骤数 / steps',
    failed_step_count UInt64 COMMENT '失败步骤数 / steps that failed',
    failing_node_id LowCardinality(Nullable(String)) COMMENT '最后失败的节点，已解决为空 / last node that failed, null where resolved',
    failing_node_name LowCardinality(Nullable(String)) COMMENT '失败节点名称 / name of that node',
    failing_result LowCardinality(Nullable(String)) COMMENT '失败节点结果 / result of that node',
    last_node_id LowCardinality(Nullable(String)) COMMENT '最后到达的节点 / last node reached',
    contained UInt8 COMMENT '是否未转人工 / 1 where no human took part',
    resolved UInt8 COMMENT '是否到达成功节点 / 1 where a declared success was reached',
    abandoned UInt8 COMMENT '是否中途放弃 / 1 where abandoned',
    repeat_1d UInt8 COMMENT '1 天内再次联系 / 1 where the customer came back within 1 day',
    closed_1d UInt8 COMMENT '1 天窗口是否已满 / 1 where the window of 1 day is over',
    truly_contained UInt8 COMMENT '真实留存：未转人工、已解决或未知、1 天内未再联系 / contained, resolved or unknown, and no contact within 1 day'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    i.tenant_id AS tenant_id, i.interaction_id AS interaction_id, i.business_date AS business_date,
    i.channel AS channel, i.entry_point AS entry_point,
    assumeNotNull(i.self_service_flow_id) AS flow_id, i.self_service_flow_version AS flow_version,
    i.self_service_task AS task, ifNull(i.self_service_outcome, 'UNKNOWN') AS outcome,
    ifNull(i.self_service_outcome_source, 'UNKNOWN') AS outcome_source, i.self_service_transfer_reason AS transfer_reason,
    i.step_count AS step_count, ifNull(f.failures, 0) AS failed_step_count,
    if(resolved, NULL, f.failing_node) AS failing_node_id, if(resolved, NULL, f.failing_name) AS failing_node_name,
    if(resolved, NULL, f.failing_result) AS failing_result, f.last_node AS last_node_id,
    i.leg_count = 0 AND outcome != 'TRANSFERRED' AS contained,
    outcome = 'RESOLVED' AS resolved, outcome = 'ABANDONED' AS abandoned,
    ifNull(p.repeat_1d, 0) AS repeat_1d, ifNull(p.closed_1d, 0) AS closed_1d,
    contained AND outcome IN ('RESOLVED', 'UNKNOWN') AND NOT repeat_1d AS truly_contained
FROM qa.interaction AS i FINAL
LEFT JOIN
(
    SELECT s.tenant_id AS tenant_id, s.interaction_id AS interaction_id, s.record_version AS record_version,
        countIf(failed) AS failures,
        if(failures = 0, NULL, toString(argMaxIf(s.node_id, s.n, failed))) AS failing_node,
        if(failures = 0, NULL, toString(argMaxIf(ifNull(s.node_name, ''), s.n, failed))) AS failing_name,
        if(failures = 0, NULL, toString(argMaxIf(s.result, s.n, failed))) AS failing_result,
        toString(argMax(s.node_id, s.n)) AS last_node
    FROM
    (
        SELECT *, result IN ('NO_INPUT', 'NO_MATCH', 'INVALID', 'BACKEND_ERROR', 'TIMEOUT', 'HANGUP') AS failed
        FROM qa.self_service_step FINAL
    ) AS s
    INNER JOIN qa.interaction AS o FINAL
        ON o.tenant_id = s.tenant_id AND o.interaction_id = s.interaction_id AND o.record_version = s.record_version
    WHERE s.n < o.step_count
    GROUP BY tenant_id, interaction_id, record_version
) AS f ON f.tenant_id = i.tenant_id AND f.interaction_id = i.interaction_id AND f.record_version = i.record_version
LEFT JOIN qa_bi.v_repeat_contact AS p ON p.tenant_id = i.tenant_id AND p.interaction_id = i.interaction_id
WHERE isNotNull(i.self_service_flow_id)
SETTINGS join_use_nulls = 1
COMMENT '自助会话：结果与失败节点 / self-service session with its outcome and failing node';
