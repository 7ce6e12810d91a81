-- Reason: alerts, freshness, stages, and the dictionary of the metrics in qa_bi.
-- Rewrites data: no (views only).
-- Undo: DROP VIEW qa_bi.v_metric_dictionary, qa_bi.v_stage, qa_bi.v_freshness, qa_bi.v_alert;

CREATE OR REPLACE VIEW qa_bi.v_alert
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    alert_id String COMMENT '预警编号 / alert id',
    kind LowCardinality(String) COMMENT '种类 / kind',
    business_date Nullable(Date32) COMMENT '业务日期 / business day',
    channel LowCardinality(Nullable(String)) COMMENT '渠道 / channel',
    rule_id LowCardinality(String) COMMENT '规则 / rule',
    rule_name LowCardinality(String) COMMENT '规则名称 / name of the rule',
    leg Int16 COMMENT '坐席段序号 / leg',
    agent_id Nullable(String) COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    ended_at DateTime64(3, 'UTC') COMMENT '交互结束时间 / the interaction ended',
    raised_at DateTime64(3, 'UTC') COMMENT '预警时间 / raised',
    delay_ms Int64 COMMENT '从结束到预警的毫秒 / from the end to the alert, ms',
    party LowCardinality(String) COMMENT '说话方 / party',
    turn Int32 COMMENT '话轮序号 / turn',
    start_ms Int64 COMMENT '起点毫秒 / start, ms',
    end_ms Int64 COMMENT '终点毫秒 / end, ms',
    linked_interaction_ids Array(String) COMMENT '关联的交互 / linked interactions'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    a.tenant_id AS tenant_id, a.interaction_id AS interaction_id, a.alert_id AS alert_id, a.kind AS kind,
    i.business_date AS business_date, i.channel AS channel, a.rule_id AS rule_id, a.rule_name AS rule_name,
    a.leg AS leg, a.agent_id AS agent_id, a.team_id AS team_id, a.queue_id AS queue_id,
    a.ended_at AS ended_at, a.raised_at AS raised_at,
    toUnixTimestamp64Milli(a.raised_at) - toUnixTimestamp64Milli(a.ended_at) AS delay_ms,
    a.party AS party, a.turn AS turn, a.start_ms AS start_ms, a.end_ms AS end_ms,
    a.linked_interaction_ids AS linked_interaction_ids
FROM qa.alert AS a FINAL
LEFT JOIN qa.interaction AS i FINAL ON i.tenant_id = a.tenant_id AND i.interaction_id = a.interaction_id
SETTINGS join_use_nulls = 1
COMMENT '预警 / alerts';

CREATE OR REPLACE VIEW qa_bi.v_freshness
(
    stage LowCardinality(String) COMMENT '阶段 / stage',
    row_count UInt64 COMMENT '可见行数 / rows visible',
    latest_event_at Nullable(DateTime64(3, 'UTC')) COMMENT '最新 Kafka 记录时间 / newest Kafka timestamp visible',
    latest_ended_at Nullable(DateTime64(3, 'UTC')) COMMENT '最新可见交互的结束时间 / newest ended_at visible',
    delay_p50_ms Nullable(Float64) COMMENT '从交互结束到该阶段的延迟中位数毫秒 / median delay from the end to this stage, ms',
    delay_p95_ms Nullable(Float64) COMMENT '该延迟的 95 分位毫秒 / 95th percentile of that delay, ms'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    stage,
    countIf(present) AS row_count,
    if(row_count = 0, NULL, maxIf(event_at, present)) AS latest_event_at,
    maxIf(ended_at, present) AS latest_ended_at,
    if(countIf(isNotNull(delay_ms)) = 0, NULL, quantileExactIf(0.5)(ifNull(delay_ms, 0), isNotNull(delay_ms))) AS delay_p50_ms,
    if(countIf(isNotNull(delay_ms)) = 0, NULL, quantileExactIf(0.95)(ifNull(delay_ms, 0), isNotNull(delay_ms))) AS delay_p95_ms
FROM
(
    SELECT stage, event_at, ended_at, present,
        toUnixTimestamp64Milli(event_at) - toUnixTimestamp64Milli(ended_at) AS delay_ms
    FROM
    (
        SELECT 'completed' AS stage, source_timestamp AS event_at, ended_at, 1 AS present FROM qa.intake FINAL
        UNION ALL
        SELECT 'transcribed', t.heard_at, i.ended_at, 1
        FROM qa.transcript AS t FINAL
        INNER JOIN qa.interaction AS i FINAL ON i.tenant_id = t.tenant_id AND i.interaction_id = t.interaction_id
        UNION ALL
        SELECT 'scored', b.decided_at, i.ended_at, 1
        FROM qa.base_result AS b
        INNER JOIN qa.interaction AS i FINAL ON i.tenant_id = b.tenant_id AND i.interaction_id = b.interaction_id
        UNION ALL
        SELECT 'alert', raised_at, ended_at, 1 FROM qa.alert FINAL
        UNION ALL
        SELECT 'dead_letter', failed_at, NULL, 1 FROM qa.dead_letter FINAL
        UNION ALL
        SELECT arrayJoin(['completed', 'transcribed', 'scored', 'alert', 'dead_letter']), toDateTime64(0, 3, 'UTC'), NULL, 0
    )
)
GROUP BY stage
COMMENT '各阶段的新鲜度 / freshness of each stage';

CREATE OR REPLACE VIEW qa_bi.v_stage
(
    stage LowCardinality(String) COMMENT '阶段 / stage',
    reason LowCardinality(String) COMMENT '死信原因，正常为空串 / reason of the dead letter, empty where done',
    done_count UInt64 COMMENT '完成数 / done',
    dead_lettered_count UInt64 COMMENT '死信数 / dead-lettered'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT 'intake' AS stage, '' AS reason, count() AS done_count, toUInt64(0) AS dead_lettered_count FROM qa.unit
UNION ALL
SELECT if(model_sha256 = '', 'normalization', 'transcription') AS place, '', uniqExact(tenant_id, interaction_id), toUInt64(0)
FROM qa.transcript FINAL
GROUP BY place
UNION ALL
SELECT 'scoring', '', count(), toUInt64(0) FROM qa.base_result
UNION ALL
SELECT stage, reason, toUInt64(0), count() FROM qa.dead_letter FINAL GROUP BY stage, reason
COMMENT '各阶段完成数与死信数 / done and dead-lettered by stage';

CREATE OR REPLACE VIEW qa_bi.v_metric_dictionary
(
    metric LowCardinality(String) COMMENT '指标 / metric',
    name_zh String COMMENT '中文名 / Chinese name',
    numerator String COMMENT '分子 / numerator',
    denominator String COMMENT '分母 / denominator',
    convention String COMMENT '口径 / convention',
    view_name LowCardinality(String) COMMENT '所在视图 / view'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tupleElement(entry, 1) AS metric, tupleElement(entry, 2) AS name_zh, tupleElement(entry, 3) AS numerator,
    tupleElement(entry, 4) AS denominator, tupleElement(entry, 5) AS convention, tupleElement(entry, 6) AS view_name
FROM
(
    SELECT arrayJoin([
        ('coverage_rate', '质检覆盖率', 'scored', 'received - excluded', 'unit = interaction at its highest record_version; an undecodable record is a unit of its own', 'v_coverage_daily'),
        ('accounted_rate', '结论率', 'scored + excluded + dead-lettered', 'received', 'scored > excluded > dead-lettered > in flight', 'v_coverage_daily'),
        ('score_mean', '平均分', 'sum of leg scores', 'legs with a score', 'score = 100 x earned / potential of applicable items, bonus added, capped at 100; a red line sets 0', 'v_agent'),
        ('red_line_rate', '红线率', 'legs with a red line', 'legs with a score', 'counted per leg, not per item', 'v_agent'),
        ('handle_ms_mean', '平均处理时长', 'talk + hold + after-contact work', 'legs for which talk and after-contact work are known', 'a leg whose after-contact work is null leaves both sides', 'v_agent'),
        ('response_rate', '参评率', 'surveys answered', 'surveys offered', 'latest answer of an interaction', 'v_satisfaction'),
        ('top_box_rate', '满意率', 'answers at 0.75 of the scale or more', 'answers with a value', 'normalised by the bounds of the scale: 4 of 5', 'v_satisfaction'),
        ('satisfaction_mean', '平均满意度', 'sum of normalised values', 'answers with a value', '0 to 1', 'v_satisfaction'),
        ('said_rate', '首次解决率（自述）', 'resolved = YES and no contact in the 7 days before', 'resolved in (YES, NO)', 'customer-said, never mixed with no_repeat_rate', 'v_fcr'),
        ('no_repeat_rate', '首次解决率（无重复）', 'no contact of the customer on any channel within 7 days', 'handled, customer known, window over', 'the last 7 days are not final', 'v_fcr'),
        ('contained_rate', '自助留存率', 'sessions without a human', 'self-service sessions', 'a hang-up counts as contained', 'v_self_service_daily'),
        ('resolved_rate', '自助解决率', 'sessions that reached a declared success', 'self-service sessions', 'an unfinished outcome is not resolved', 'v_self_service_daily'),
        ('truly_contained_rate', '真实留存率', 'contained, resolved or unknown, no contact within 1 day', 'sessions whose window of 1 day is over', 'any channel', 'v_self_service_daily'),
        ('failure_rate', '节点失败率', 'visits that failed', 'visits', 'NO_INPUT, NO_MATCH, INVALID, BACKEND_ERROR, TIMEOUT, HANGUP', 'v_self_service_node')
    ]) AS entry
)
COMMENT '指标字典 / dictionary of metrics';
