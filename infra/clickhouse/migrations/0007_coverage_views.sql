-- Reason: coverage as a query: every unit of the ledger has exactly one state, and the states add up to what was received.
-- Rewrites data: no (views only).
-- Undo: DROP VIEW qa_bi.v_coverage_daily, qa_bi.v_coverage;

-- Precedence: scored > excluded > dead_lettered > in_flight, judged at the unit's highest record_version.
-- A dead letter belongs to a unit by interaction (its id is unique over tenants) and version, or by the
-- coordinates of its completed record.
CREATE OR REPLACE VIEW qa_bi.v_coverage
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    unit_id String COMMENT '台账单元 / unit of the ledger',
    interaction_id Nullable(String) COMMENT '交互编号，无法解码时为空 / interaction id, null where undecodable',
    record_version Nullable(Int64) COMMENT '最高记录版本 / highest record version',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    business_date Date32 COMMENT '业务日期 / business day',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT '结束时间 / ended',
    received_at DateTime64(3, 'UTC') COMMENT '首次接收时间 / first received',
    state LowCardinality(String) COMMENT '状态：scored、excluded、dead_lettered、in_flight / state',
    exclusion LowCardinality(Nullable(String)) COMMENT '排除原因 / reason of exclusion',
    dead_letter_stage LowCardinality(Nullable(String)) COMMENT '失败阶段 / stage of the dead letter',
    dead_letter_reason LowCardinality(Nullable(String)) COMMENT '死信原因 / reason of the dead letter',
    decided_at Nullable(DateTime64(3, 'UTC')) COMMENT '判定时间 / decided'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    u.tenant_id AS tenant_id,
    u.unit_id AS unit_id,
    u.interaction_id AS interaction_id,
    u.record_version AS record_version,
    u.channel AS channel,
    u.business_date AS business_date,
    u.ended_at AS ended_at,
    u.received_at AS received_at,
    multiIf(r.status = 'SCORED', 'scored', r.status = 'EXCLUDED', 'excluded', d.dead_letters > 0, 'dead_lettered', 'in_flight') AS state,
    if(state = 'excluded', r.exclusion, NULL) AS exclusion,
    if(state = 'dead_lettered', d.stage, NULL) AS dead_letter_stage,
    if(state = 'dead_lettered', d.reason, NULL) AS dead_letter_reason,
    r.decided_at AS decided_at
FROM qa.unit AS u
LEFT JOIN
(
    SELECT b.tenant_id AS tenant_id, b.interaction_id AS interaction_id, b.record_version AS record_version,
        b.decided_at AS decided_at, toString(s.status) AS status, s.exclusion AS exclusion
    FROM qa.base_result AS b
    INNER JOIN qa.result AS s FINAL
        ON s.tenant_id = b.tenant_id AND s.interaction_id = b.interaction_id AND s.result_id = b.result_id
) AS r ON r.tenant_id = u.tenant_id AND r.interaction_id = u.interaction_id AND r.record_version = u.record_version
LEFT JOIN
(
    SELECT tenant_id, unit_id, count() AS dead_letters,
        toString(argMax(stage, failed_at)) AS stage, toString(argMax(reason, failed_at)) AS reason
    FROM
    (
        SELECT u.tenant_id AS tenant_id, u.unit_id AS unit_id, d.stage AS stage, d.reason AS reason, d.failed_at AS failed_at
        FROM qa.unit AS u
        INNER JOIN qa.dead_letter AS d FINAL ON d.interaction_id = u.interaction_id
        WHERE ifNull(d.record_version, u.record_version) = u.record_version
        UNION ALL
        SELECT u.tenant_id, u.unit_id, d.stage, d.reason, d.failed_at
        FROM (SELECT tenant_id, unit_id, arrayJoin(coordinates) AS place FROM qa.unit) AS u
        INNER JOIN qa.dead_letter AS d FINAL
            ON d.source_topic = tupleElement(u.place, 1)
            AND d.source_partition = tupleElement(u.place, 2)
            AND d.source_offset = tupleElement(u.place, 3)
    )
    GROUP BY tenant_id, unit_id
) AS d ON d.tenant_id = u.tenant_id AND d.unit_id = u.unit_id
SETTINGS join_use_nulls = 1
COMMENT '覆盖台账：每个单元一行，状态唯一 / coverage ledger: one row a unit, with its one state';

CREATE OR REPLACE VIEW qa_bi.v_coverage_daily
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    received_count UInt64 COMMENT '接收数，等于下列四种状态之和 / received; the four states below add up to it',
    scored_count UInt64 COMMENT '已评分数 / scored',
    excluded_count UInt64 COMMENT '排除数 / excluded',
    dead_lettered_count UInt64 COMMENT '死信数 / dead-lettered',
    in_flight_count UInt64 COMMENT '处理中数 / in flight',
    excluded_no_content_count UInt64 COMMENT '排除：无内容 / excluded: no content',
    excluded_consent_denied_count UInt64 COMMENT '排除：客户不同意录音 / excluded: consent denied',
    excluded_no_service_count UInt64 COMMENT '排除：未提供服务 / excluded: no service',
    excluded_language_count UInt64 COMMENT '排除：语言不支持 / excluded: language unsupported',
    excluded_unintelligible_count UInt64 COMMENT '排除：无法听清 / excluded: unintelligible',
    excluded_too_short_count UInt64 COMMENT '排除：过短 / excluded: too short',
    excluded_customer_abuse_count UInt64 COMMENT '排除：客户辱骂威胁，坐席免评 / excluded: customer abuse, the agent is exempt',
    coverage_numerator UInt64 COMMENT '质检覆盖率分子：已评分 / coverage, numerator: scored',
    coverage_denominator UInt64 COMMENT '质检覆盖率分母：接收减排除 / coverage, denominator: received minus excluded',
    coverage_rate Nullable(Float64) COMMENT '质检覆盖率，分母为零则为空 / coverage, null where the denominator is 0',
    accounted_numerator UInt64 COMMENT '已有结论数：评分、排除、死信 / accounted for, numerator: scored, excluded, dead-lettered',
    accounted_denominator UInt64 COMMENT '已有结论率分母：接收 / accounted for, denominator: received',
    accounted_rate Nullable(Float64) COMMENT '已有结论率 / share of what was received that has an outcome'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tenant_id,
    business_date,
    channel,
    count() AS received_count,
    countIf(state = 'scored') AS scored_count,
    countIf(state = 'excluded') AS excluded_count,
    countIf(state = 'dead_lettered') AS dead_lettered_count,
    countIf(state = 'in_flight') AS in_flight_count,
    countIf(exclusion = 'NO_CONTENT') AS excluded_no_content_count,
    countIf(exclusion = 'CONSENT_DENIED') AS excluded_consent_denied_count,
    countIf(exclusion = 'NO_SERVICE') AS excluded_no_service_count,
    countIf(exclusion = 'LANGUAGE_UNSUPPORTED') AS excluded_language_count,
    countIf(exclusion = 'UNINTELLIGIBLE') AS excluded_unintelligible_count,
    countIf(exclusion = 'TOO_SHORT') AS excluded_too_short_count,
    countIf(exclusion = 'CUSTOMER_ABUSE') AS excluded_customer_abuse_count,
    scored_count AS coverage_numerator,
    received_count - excluded_count AS coverage_denominator,
    coverage_numerator / nullIf(coverage_denominator, 0) AS coverage_rate,
    received_count - in_flight_count AS accounted_numerator,
    received_count AS accounted_denominator,
    accounted_numerator / nullIf(accounted_denominator, 0) AS accounted_rate
FROM qa_bi.v_coverage
GROUP BY tenant_id, business_date, channel
COMMENT '每日各渠道覆盖情况 / coverage by business day and channel';
