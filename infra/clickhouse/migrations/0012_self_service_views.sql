-- Reason: self-service by day and by node.
-- Rewrites data: no (views only).
-- Undo: DROP VIEW qa_bi.v_self_service_node, qa_bi.v_self_service_daily;

CREATE OR REPLACE VIEW qa_bi.v_self_service_daily
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    business_date Date32 COMMENT '业务日期 / business day',
    entry_point LowCardinality(Nullable(String)) COMMENT '入口 / entry point',
    flow_id LowCardinality(String) COMMENT '自助流程 / flow',
    task LowCardinality(Nullable(String)) COMMENT '自助任务 / task',
    session_count UInt64 COMMENT '会话数，各率分母 / sessions, denominator of the rates',
    contained_count UInt64 COMMENT '留存率分子：未转人工 / containment, numerator',
    contained_rate Nullable(Float64) COMMENT '留存率（挂机也算留存） / containment; a hang-up counts as contained',
    resolved_count UInt64 COMMENT '解决率分子：到达成功节点 / resolution, numerator',
    resolved_rate Nullable(Float64) COMMENT '解决率 / resolution',
    abandoned_count UInt64 COMMENT '放弃数 / abandoned',
    transferred_count UInt64 COMMENT '转人工数 / went to a human',
    truly_contained_numerator UInt64 COMMENT '真实留存率分子 / true containment, numerator',
    truly_contained_denominator UInt64 COMMENT '真实留存率分母：1 天窗口已满的会话 / true containment, denominator: sessions whose window of 1 day is over',
    truly_contained_rate Nullable(Float64) COMMENT '真实留存率 / true containment'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tenant_id, business_date, entry_point, flow_id, task,
    count() AS session_count,
    countIf(contained) AS contained_count, contained_count / nullIf(session_count, 0) AS contained_rate,
    countIf(resolved) AS resolved_count, resolved_count / nullIf(session_count, 0) AS resolved_rate,
    countIf(abandoned) AS abandoned_count, countIf(NOT contained) AS transferred_count,
    countIf(truly_contained AND closed_1d) AS truly_contained_numerator,
    countIf(closed_1d) AS truly_contained_denominator,
    truly_contained_numerator / nullIf(truly_contained_denominator, 0) AS truly_contained_rate
FROM qa_bi.v_self_service
GROUP BY tenant_id, business_date, entry_point, flow_id, task
COMMENT '自助服务：每日、流程、任务 / self-service by day, flow and task';

CREATE OR REPLACE VIEW qa_bi.v_self_service_node
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    business_date Date32 COMMENT '业务日期 / business day',
    flow_id LowCardinality(String) COMMENT '自助流程 / flow',
    flow_version LowCardinality(Nullable(String)) COMMENT '流程版本 / flow version',
    node_id LowCardinality(String) COMMENT '节点 / node',
    node_name LowCardinality(Nullable(String)) COMMENT '节点名称 / node name',
    session_count UInt64 COMMENT '到达该节点的会话数 / sessions that reached the node',
    visit_count UInt64 COMMENT '失败率分母：到达次数 / failure rate, denominator: visits',
    failure_count UInt64 COMMENT '失败率分子：失败次数 / failure rate, numerator: visits that failed',
    failure_rate Nullable(Float64) COMMENT '节点失败率 / failure rate of the node',
    ended_here_count UInt64 COMMENT '在此结束的会话数 / sessions that ended here',
    dwell_ms_sum Nullable(Int64) COMMENT '停留毫秒之和 / time spent, ms',
    dwell_count UInt64 COMMENT '有停留时间的次数 / visits with a time spent'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    i.tenant_id AS tenant_id, i.business_date AS business_date,
    assumeNotNull(i.self_service_flow_id) AS flow_id, i.self_service_flow_version AS flow_version,
    s.node_id AS node_id, any(s.node_name) AS node_name,
    uniqExact(i.interaction_id) AS session_count, count() AS visit_count,
    countIf(s.result IN ('NO_INPUT', 'NO_MATCH', 'INVALID', 'BACKEND_ERROR', 'TIMEOUT', 'HANGUP')) AS failure_count,
    failure_count / nullIf(visit_count, 0) AS failure_rate,
    countIf(s.n = i.step_count - 1) AS ended_here_count,
    sum(toUnixTimestamp64Milli(s.left_at) - toUnixTimestamp64Milli(s.entered_at)) AS dwell_ms_sum,
    countIf(isNotNull(s.left_at) AND isNotNull(s.entered_at)) AS dwell_count
FROM qa.interaction AS i FINAL
INNER JOIN qa.self_service_step AS s FINAL
    ON s.tenant_id = i.tenant_id AND s.interaction_id = i.interaction_id AND s.record_version = i.record_version
WHERE s.n < i.step_count AND isNotNull(i.self_service_flow_id)
GROUP BY tenant_id, business_date, flow_id, flow_version, node_id
COMMENT '自助节点：到达与失败 / nodes of self-service: visits and failures';
