-- Reason: one wide row an interaction for analysts.
-- Rewrites data: no (view only).
-- Undo: DROP VIEW qa_bi.v_interaction;

CREATE OR REPLACE VIEW qa_bi.v_interaction
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    record_version Int64 COMMENT '记录版本 / record version',
    business_date Date32 COMMENT '业务日期，按站点时区 / business day in the site time zone',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    entry_point LowCardinality(Nullable(String)) COMMENT '入口 / entry point',
    direction LowCardinality(String) COMMENT '方向 / direction',
    started_at DateTime64(3, 'UTC') COMMENT '开始时间 / started',
    answered_at Nullable(DateTime64(3, 'UTC')) COMMENT '人工首次应答时间 / first human answer',
    ended_at DateTime64(3, 'UTC') COMMENT '结束时间 / ended',
    duration_ms Int64 COMMENT '时长毫秒：开始到结束 / from start to end, ms',
    language LowCardinality(Nullable(String)) COMMENT '语言 / language',
    disposition LowCardinality(String) COMMENT '结束状态 / end state',
    disconnect_party LowCardinality(String) COMMENT '挂断方 / who ended it',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    queue_name LowCardinality(Nullable(String)) COMMENT '队列名称 / queue name',
    queue_wait_ms Nullable(Int64) COMMENT '排队毫秒 / wait in queue, ms',
    transfer_count Int32 COMMENT '转接次数 / hand-overs',
    leg_count UInt16 COMMENT '坐席段数 / agent legs',
    first_agent_id Nullable(String) COMMENT '首位坐席 / first agent',
    customer_region LowCardinality(Nullable(String)) COMMENT '客户地区 / customer region',
    customer_segment LowCardinality(Nullable(String)) COMMENT '客户分群 / customer segment',
    business_line LowCardinality(Nullable(String)) COMMENT '业务线 / business line',
    case_id Nullable(String) COMMENT '工单号 / case number',
    campaign_id LowCardinality(Nullable(String)) COMMENT '外呼活动 / outbound campaign',
    journey_id Nullable(String) COMMENT '客户旅程 / customer journey',
    status LowCardinality(Nullable(String)) COMMENT '质检状态：SCORED、EXCLUDED，未判定为空 / status, null where not decided',
    exclusion LowCardinality(Nullable(String)) COMMENT '排除原因 / reason of exclusion',
    score Nullable(Float64) COMMENT '交互得分 / score of the interaction',
    red_line Nullable(UInt8) COMMENT '是否触红线 / 1 where a red line was crossed',
    review_pending Nullable(UInt8) COMMENT '是否待复核 / 1 where a review is pending',
    fault_count UInt64 COMMENT '命中的差错数 / faults hit',
    credit_count UInt64 COMMENT '命中的加分数 / credits hit',
    signal_count UInt64 COMMENT '命中的信号数 / signals hit',
    uncertain_count UInt64 COMMENT '存疑数 / uncertain findings',
    alert_count UInt64 COMMENT '预警数 / alerts',
    reason_level1 LowCardinality(Nullable(String)) COMMENT '主要原因（一级） / primary reason, level 1',
    reason_level2 LowCardinality(Nullable(String)) COMMENT '主要原因（二级） / primary reason, level 2',
    source_contact_reason LowCardinality(Nullable(String)) COMMENT '坐席或流程点选的原因 / reason clicked by agent or flow',
    customer_sentiment Nullable(Float64) COMMENT '客户情绪 -5 至 +5 / customer sentiment, -5 to +5',
    customer_sentiment_shift Nullable(Float64) COMMENT '客户情绪变化 / shift of customer sentiment',
    self_service_flow_id LowCardinality(Nullable(String)) COMMENT '自助流程 / self-service flow',
    self_service_outcome LowCardinality(Nullable(String)) COMMENT '自助结果 / self-service outcome',
    survey_offered UInt8 COMMENT '是否邀评 / 1 where a survey was offered',
    survey_answered UInt8 COMMENT '是否作答 / 1 where it was answered',
    satisfaction Nullable(Float64) COMMENT '满意度 0-1（按量表归一） / satisfaction on 0-1, by the bounds of its scale',
    resolved LowCardinality(Nullable(String)) COMMENT '客户自述是否解决 / the customer says it was solved',
    conversation_ms Nullable(Int64) COMMENT '对话毫秒 / first word to last word, ms',
    agent_talk_ms Nullable(Int64) COMMENT '坐席说话毫秒 / agent talk, ms',
    customer_talk_ms Nullable(Int64) COMMENT '客户说话毫秒 / customer talk, ms',
    overlap_ms Nullable(Int64) COMMENT '重叠毫秒 / overlap, ms',
    silence_ms Nullable(Int64) COMMENT '超过 3 秒的静默合计毫秒 / silences over 3 s, ms',
    longest_silence_ms Nullable(Int64) COMMENT '最长静默毫秒 / longest silence, ms',
    agent_interruption_count Nullable(Int32) COMMENT '坐席抢话次数 / interruptions by the agent',
    customer_interruption_count Nullable(Int32) COMMENT '客户抢话次数 / interruptions by the customer',
    agent_cpm Nullable(Float64) COMMENT '坐席每分钟字数 / agent Han characters per minute',
    agent_wpm Nullable(Float64) COMMENT '坐席每分钟词数 / agent words per minute',
    first_reply_ms Nullable(Int64) COMMENT '首次回复毫秒 / first reply, ms',
    average_reply_ms Nullable(Int64) COMMENT '平均回复毫秒 / average reply, ms',
    transcript_id Nullable(String) COMMENT '转写编号 / transcript id',
    ruleset_id LowCardinality(Nullable(String)) COMMENT '规则集 / rule set',
    ruleset_hash LowCardinality(Nullable(String)) COMMENT '规则集散列 / hash of the rule set',
    scorecard_id LowCardinality(Nullable(String)) COMMENT '评分卡 / scorecard',
    activation_seq Nullable(Int64) COMMENT '启用序号 / activation of the rules',
    result_id Nullable(String) COMMENT '交互结果编号 / result id of the interaction',
    content_digest Nullable(String) COMMENT '内容摘要 / digest of what a reader sees',
    decided_at Nullable(DateTime64(3, 'UTC')) COMMENT '判定时间 / decided',
    source_topic LowCardinality(String) COMMENT 'Kafka 主题 / topic of the completed event',
    source_partition Int32 COMMENT '分区 / partition',
    source_offset Int64 COMMENT '偏移量 / offset'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    i.tenant_id AS tenant_id, i.interaction_id AS interaction_id, i.record_version AS record_version,
    i.business_date AS business_date, i.channel AS channel, i.entry_point AS entry_point, i.direction AS direction,
    i.started_at AS started_at, i.answered_at AS answered_at, i.ended_at AS ended_at,
    toUnixTimestamp64Milli(i.ended_at) - toUnixTimestamp64Milli(i.started_at) AS duration_ms,
    i.language AS language, i.disposition AS disposition, i.disconnect_party AS disconnect_party,
    i.queue_id AS queue_id, i.queue_name AS queue_name, i.queue_wait_ms AS queue_wait_ms,
    i.transfer_count AS transfer_count, i.leg_count AS leg_count, g.agent_id AS first_agent_id,
    i.customer_region AS customer_region, i.customer_segment AS customer_segment, i.business_line AS business_line,
    i.case_id AS case_id, i.campaign_id AS campaign_id, i.journey_id AS journey_id,
    r.status AS status, r.exclusion AS exclusion, r.score AS score, s.red_line AS red_line, r.review_pending AS review_pending,
    ifNull(f.faults, 0) AS fault_count, ifNull(f.credits, 0) AS credit_count,
    ifNull(f.signals, 0) AS signal_count, ifNull(f.uncertain, 0) AS uncertain_count,
    ifNull(a.alerts, 0) AS alert_count,
    c.level1 AS reason_level1, c.level2 AS reason_level2, i.source_contact_reason AS source_contact_reason,
    m.overall AS customer_sentiment, m.shift AS customer_sentiment_shift,
    i.self_service_flow_id AS self_service_flow_id, i.self_service_outcome AS self_service_outcome,
    isNotNull(v.interaction_id) AS survey_offered, isNotNull(v.answered_at) AS survey_answered,
    (v.score - v.scale_min) / nullIf(v.scale_max - v.scale_min, 0) AS satisfaction, v.resolved AS resolved,
    t.conversation_ms AS conversation_ms, t.agent_talk_ms AS agent_talk_ms, t.customer_talk_ms AS customer_talk_ms,
    t.overlap_ms AS overlap_ms, t.silence_ms AS silence_ms, t.longest_silence_ms AS longest_silence_ms,
    t.agent_interruption_count AS agent_interruption_count, t.customer_interruption_count AS customer_interruption_count,
    t.agent_cpm AS agent_cpm, t.agent_wpm AS agent_wpm,
    t.first_reply_ms AS first_reply_ms, t.average_reply_ms AS average_reply_ms,
    r.transcript_id AS transcript_id, r.ruleset_id AS ruleset_id, r.ruleset_hash AS ruleset_hash,
    b.scorecard_id AS scorecard_id, b.activation_seq AS activation_seq, b.result_id AS result_id,
    r.content_digest AS content_digest, b.decided_at AS decided_at,
    i.source_topic AS source_topic, i.source_partition AS source_partition, i.source_offset AS source_offset
FROM qa.interaction AS i FINAL
LEFT JOIN qa.base_result AS b ON b.tenant_id = i.tenant_id AND b.interaction_id = i.interaction_id
LEFT JOIN qa.result AS r FINAL
    ON r.tenant_id = b.tenant_id AND r.interaction_id = b.interaction_id AND r.result_id = b.result_id
LEFT JOIN
(
    SELECT tenant_id, interaction_id, max(red_line) AS red_line FROM qa_bi.v_score GROUP BY tenant_id, interaction_id
) AS s ON s.tenant_id = i.tenant_id AND s.interaction_id = i.interaction_id
LEFT JOIN (SELECT * FROM qa.agent_leg FINAL WHERE leg = 0) AS g
    ON g.tenant_id = i.tenant_id AND g.interaction_id = i.interaction_id AND g.record_version = i.record_version
LEFT JOIN
(
    SELECT tenant_id, interaction_id, result_id,
        countIf(kind = 'FAULT' AND verdict = 'HIT') AS faults, countIf(kind = 'CREDIT' AND verdict = 'HIT') AS credits,
        countIf(kind = 'SIGNAL' AND verdict = 'HIT') AS signals, countIf(verdict = 'UNCERTAIN') AS uncertain
    FROM qa.finding FINAL
    GROUP BY tenant_id, interaction_id, result_id
) AS f ON f.tenant_id = b.tenant_id AND f.interaction_id = b.interaction_id AND f.result_id = b.result_id
LEFT JOIN
(
    SELECT tenant_id, interaction_id, result_id, toString(argMin(level1, n)) AS level1, toString(argMin(level2, n)) AS level2
    FROM qa.contact_reason FINAL
    WHERE is_primary = 1
    GROUP BY tenant_id, interaction_id, result_id
) AS c ON c.tenant_id = b.tenant_id AND c.interaction_id = b.interaction_id AND c.result_id = b.result_id
LEFT JOIN
(
    SELECT tenant_id, interaction_id, result_id, argMin(overall, n) AS overall, argMin(shift, n) AS shift
    FROM qa.sentiment FINAL
    WHERE party = 'CUSTOMER'
    GROUP BY tenant_id, interaction_id, result_id
) AS m ON m.tenant_id = b.tenant_id AND m.interaction_id = b.interaction_id AND m.result_id = b.result_id
LEFT JOIN
(
    SELECT tenant_id, interaction_id, count() AS alerts FROM qa.alert FINAL GROUP BY tenant_id, interaction_id
) AS a ON a.tenant_id = i.tenant_id AND a.interaction_id = i.interaction_id
LEFT JOIN qa.survey AS v FINAL ON v.tenant_id = i.tenant_id AND v.interaction_id = i.interaction_id
LEFT JOIN qa.transcript AS t FINAL
    ON t.tenant_id = i.tenant_id AND t.interaction_id = i.interaction_id AND t.transcript_id = r.transcript_id
SETTINGS join_use_nulls = 1
COMMENT '交互宽表：每次交互一行，取当前结果 / one row an interaction, with the result that counts now';
