-- Reason: which judgement counts now, which counted on a day in the past, and the outcome of every unit of the ledger.
-- Rewrites data: no (views only).
-- Undo: DROP VIEW qa_bi.v_coverage_daily, qa_bi.v_coverage, qa.unit, qa.base_result_as_known, qa.base_result;

-- Now = the highest (record_version, activation_seq) of an interaction. Whole-interaction rows (leg -1) decide;
-- legs follow them, so that a leg that a correction removed does not stay behind. Scorecards of a campaign
-- never count as the base.
CREATE OR REPLACE VIEW qa.base_result
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    record_version Int64 COMMENT '记录版本 / record version',
    activation_seq Int64 COMMENT '启用序号 / activation of the rules',
    result_id String COMMENT '生效的结果 / the result that counts',
    decided_at DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tenant_id,
    interaction_id,
    tupleElement(chosen, 3) AS scorecard_id,
    tupleElement(chosen, 1) AS record_version,
    tupleElement(chosen, 2) AS activation_seq,
    tupleElement(chosen, 4) AS result_id,
    tupleElement(chosen, 5) AS decided_at
FROM
(
    SELECT
        tenant_id,
        interaction_id,
        max((record_version, activation_seq, scorecard_id, result_id, decided_at)) AS chosen
    FROM qa.result_assignment FINAL
    WHERE leg = -1
      AND scorecard_id NOT IN (SELECT scorecard_id FROM qa.activation FINAL WHERE scope = 'CAMPAIGN')
    GROUP BY tenant_id, interaction_id
)
COMMENT '当前生效的结果：每次交互一行 / the result that counts now, one row an interaction';

-- The same as it was known at as_of: SELECT ... FROM qa.base_result_as_known(as_of = '2026-11-01 00:00:00').
CREATE OR REPLACE VIEW qa.base_result_as_known
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    record_version Int64 COMMENT '记录版本 / record version',
    activation_seq Int64 COMMENT '启用序号 / activation of the rules',
    result_id String COMMENT '当时生效的结果 / the result that counted then',
    decided_at DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tenant_id,
    interaction_id,
    tupleElement(chosen, 3) AS scorecard_id,
    tupleElement(chosen, 1) AS record_version,
    tupleElement(chosen, 2) AS activation_seq,
    tupleElement(chosen, 4) AS result_id,
    tupleElement(chosen, 5) AS decided_at
FROM
(
    SELECT
        tenant_id,
        interaction_id,
        max((record_version, activation_seq, scorecard_id, result_id, decided_at)) AS chosen
    FROM qa.result_assignment FINAL
    WHERE leg = -1
      AND decided_at <= {as_of:DateTime64(3, 'UTC')}
      AND scorecard_id NOT IN (SELECT scorecard_id FROM qa.activation FINAL WHERE scope = 'CAMPAIGN')
    GROUP BY tenant_id, interaction_id
)
COMMENT '某时刻所知的结果 / the result that counted at as_of';

-- Units: every intake row grouped by unit, and dead letters of completed records whose intake row is not
-- there yet (or could not be written). A unit stands at its highest record_version.
CREATE OR REPLACE VIEW qa.unit
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    unit_id String COMMENT '台账单元 / unit of the ledger',
    interaction_id Nullable(String) COMMENT '交互编号 / interaction id',
    record_version Nullable(Int64) COMMENT '最高记录版本 / highest record version',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    business_date Date32 COMMENT '业务日期 / business day',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT '结束时间 / ended',
    received_at DateTime64(3, 'UTC') COMMENT '首次接收时间 / first received',
    coordinates Array(Tuple(String, Int32, Int64)) COMMENT '该版本在 Kafka 的坐标 / Kafka coordinates of that version'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    tenant_id,
    unit_id,
    tupleElement(latest, 1) AS interaction_id,
    tupleElement(latest, 2) AS record_version,
    tupleElement(latest, 3) AS channel,
    tupleElement(latest, 4) AS business_date,
    tupleElement(latest, 5) AS ended_at,
    received_at,
    arrayMap(row -> tupleElement(row, 2),
        arrayFilter(row -> tupleElement(row, 1) = ifNull(record_version, -1), versions)) AS coordinates
FROM
(
    SELECT
        tenant_id,
        unit_id,
        argMax((interaction_id, record_version, channel, business_date, ended_at),
            (ifNull(record_version, -1), source_offset)) AS latest,
        min(source_timestamp) AS received_at,
        groupArray((ifNull(record_version, -1), (source_topic, source_partition, source_offset))) AS versions
    FROM
    (
        SELECT
            tenant_id, unit_id, interaction_id, record_version, channel, business_date, ended_at,
            source_topic, source_partition, source_offset, source_timestamp
        FROM qa.intake FINAL
        UNION ALL
        SELECT
            '' AS tenant_id,
            ifNull(interaction_id, concat(source_topic, ':', toString(source_partition), ':', toString(source_offset))),
            interaction_id, record_version, 'UNKNOWN', toDate32(source_timestamp), NULL,
            source_topic, source_partition, source_offset, source_timestamp
        FROM qa.dead_letter FINAL
        WHERE source_topic = 'qa.interaction.completed.v1'
          AND (source_topic, source_partition, source_offset) NOT IN
              (SELECT source_topic, source_partition, source_offset FROM qa.intake)
          AND ifNull(interaction_id, '') NOT IN (SELECT unit_id FROM qa.intake)
    )
    GROUP BY tenant_id, unit_id
)
COMMENT '台账单元，取最高记录版本 / units of the ledger at their highest record version';
