CREATE DATABASE qa
ENGINE = Atomic
COMMENT '质检事实，由流水线写入 / quality facts, written by the pipeline';

CREATE DATABASE qa_content
ENGINE = Atomic
COMMENT '脱敏后的话语，仅此处有文字 / redacted words, the only place that holds words';

CREATE DATABASE qa_bi
ENGINE = Atomic
COMMENT '分析视图，无文字 / views for analysts, no words';

CREATE TABLE qa.activation
(
    `activation_seq` Int64 COMMENT '启用序号，回到旧规则也是新序号 / sequence; going back to older rules is a new one',
    `scope` LowCardinality(String) COMMENT '范围：BASE 日常质检，CAMPAIGN 专项质检 / BASE or CAMPAIGN',
    `ruleset_id` LowCardinality(String) COMMENT '规则集 / rule set',
    `ruleset_hash` String COMMENT '规则集散列 / hash of the rule set',
    `language` LowCardinality(String) COMMENT '规则集的语言 / language the rule set serves',
    `scorecard_id` LowCardinality(String) COMMENT '评分卡 / scorecard',
    `scorecard_hash` String COMMENT '评分卡散列 / hash of the scorecard',
    `activated_at` DateTime64(3, 'UTC') COMMENT '启用时间 / activated',
    `activated_by` String COMMENT '启用人 / by whom',
    `note` String COMMENT '说明 / note',
    `version` UInt64 COMMENT '越早越大：先启用者生效 / the earlier the higher'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (activation_seq, ruleset_id, scorecard_id)
SETTINGS index_granularity = 8192
COMMENT '规则与评分卡的启用记录 / activations of rules and scorecards';

CREATE TABLE qa.agent_leg
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `leg` Int16 COMMENT '坐席段序号，从 0 起 / index of the leg, from 0',
    `agent_id` String COMMENT '工号 / agent',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team at that time',
    `site_id` LowCardinality(Nullable(String)) COMMENT '职场 / site',
    `work_location` LowCardinality(String) COMMENT '职场或居家 / at the site or at home',
    `vendor_id` LowCardinality(Nullable(String)) COMMENT '外包商 / outsourcer',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `alerted_at` Nullable(DateTime64(3, 'UTC')) COMMENT '振铃时间 / alerted',
    `joined_at` Nullable(DateTime64(3, 'UTC')) COMMENT '接入时间 / joined',
    `left_at` Nullable(DateTime64(3, 'UTC')) COMMENT '离开时间 / left',
    `talk_ms` Nullable(Int64) COMMENT '通话毫秒 / talk, ms',
    `hold_ms` Nullable(Int64) COMMENT '保持毫秒 / hold, ms',
    `hold_count` Nullable(Int32) COMMENT '保持次数 / holds',
    `longest_hold_ms` Nullable(Int64) COMMENT '最长保持毫秒 / longest hold, ms',
    `acw_ms` Nullable(Int64) COMMENT '话后处理毫秒，空不等于零 / after-contact work, ms; null is not zero',
    `first_reply_ms` Nullable(Int64) COMMENT '首次回复毫秒 / first reply, ms',
    `transfer_kind` LowCardinality(String) COMMENT '转接方式 / how the leg was handed on',
    `wrapup_code` LowCardinality(Nullable(String)) COMMENT '小结代码 / wrap-up code',
    `source_offset` Int64 COMMENT '来源偏移量 / offset of the completed event'
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (tenant_id, interaction_id, record_version, leg)
SETTINGS index_granularity = 8192
COMMENT '坐席段：每次交互每位坐席一行 / agent leg';

CREATE TABLE qa.alert
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `alert_id` String COMMENT '预警编号 / alert id',
    `kind` LowCardinality(String) COMMENT '种类：AGENT_CARE、SUPERVISOR、COMPLAINT / kind',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `rule_id` LowCardinality(String) COMMENT '规则 / rule',
    `rule_name` LowCardinality(String) COMMENT '规则名称 / name of the rule',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `agent_id` Nullable(String) COMMENT '工号 / agent',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `ended_at` DateTime64(3, 'UTC') COMMENT '交互结束时间 / the interaction ended',
    `raised_at` DateTime64(3, 'UTC') COMMENT '预警的 Kafka 时间 / Kafka timestamp of the alert',
    `party` LowCardinality(String) COMMENT '说话方 / party',
    `turn` Int32 COMMENT '话轮序号 / turn',
    `start_ms` Int64 COMMENT '起点毫秒 / start, ms',
    `end_ms` Int64 COMMENT '终点毫秒 / end, ms',
    `linked_interaction_ids` Array(String) COMMENT '关联的交互 / linked interactions',
    `version` UInt64 COMMENT '越早越大：首次预警生效 / the earlier the higher: the first raising wins',
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id, alert_id)
SETTINGS index_granularity = 8192
COMMENT '预警 / alert';

CREATE VIEW qa.base_result
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `scorecard_id` LowCardinality(String) COMMENT '评分卡 / scorecard',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `activation_seq` Int64 COMMENT '启用序号 / activation of the rules',
    `result_id` String COMMENT '生效的结果 / the result that counts',
    `decided_at` DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '当前生效的结果：每次交互一行 / the result that counts now, one row an interaction'
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
    FROM qa.result_assignment
    FINAL
    WHERE (leg = -1) AND (scorecard_id NOT IN (
        SELECT scorecard_id
        FROM qa.activation
        FINAL
        WHERE scope = 'CAMPAIGN'
    ))
    GROUP BY
        tenant_id,
        interaction_id
);

CREATE VIEW qa.base_result_as_known
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `scorecard_id` LowCardinality(String) COMMENT '评分卡 / scorecard',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `activation_seq` Int64 COMMENT '启用序号 / activation of the rules',
    `result_id` String COMMENT '当时生效的结果 / the result that counted then',
    `decided_at` DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '某时刻所知的结果 / the result that counted at as_of'
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
    FROM qa.result_assignment
    FINAL
    WHERE (leg = -1) AND (decided_at <= {as_of:DateTime64(3, 'UTC')}) AND (scorecard_id NOT IN (
        SELECT scorecard_id
        FROM qa.activation
        FINAL
        WHERE scope = 'CAMPAIGN'
    ))
    GROUP BY
        tenant_id,
        interaction_id
);

CREATE TABLE qa.contact_reason
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `result_id` String COMMENT '交互结果编号 / result id of the interaction',
    `n` UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    `level1` LowCardinality(String) COMMENT '一级原因 / reason, level 1',
    `level2` LowCardinality(String) COMMENT '二级原因 / reason, level 2',
    `rule_id` LowCardinality(String) COMMENT '规则 / rule',
    `verdict` LowCardinality(String) COMMENT '判定 / verdict',
    `turn` Int32 COMMENT '话轮序号 / turn',
    `is_primary` UInt8 COMMENT '是否主要原因 / 1 for the primary reason',
    `source` LowCardinality(Nullable(String)) COMMENT '来源：规则或机器学习，旧记录为空 / RULE, or MODEL where it is machine-learned; null in rows written before',
    `confidence` Nullable(Float64) COMMENT '机器学习的把握，经校准的概率 / confidence of a machine-learned reason, a calibrated probability',
    `model_hash` LowCardinality(Nullable(String)) COMMENT '模型文件哈希 / SHA-256 of the model\'s file'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, n)
SETTINGS index_granularity = 8192
COMMENT '来电原因，不可变 / contact reason, immutable';

CREATE TABLE qa.dead_letter
(
    `dead_letter_id` String COMMENT '死信编号，由坐标和阶段得出 / dead letter id, from coordinates and stage',
    `stage` LowCardinality(String) COMMENT '失败的阶段 / stage that gave up',
    `reason` LowCardinality(String) COMMENT '原因，封闭列表 / reason, closed list',
    `error_class` LowCardinality(String) COMMENT '异常类名 / class of the exception',
    `detail` String COMMENT '说明，不含内容 / detail without content',
    `source_topic` LowCardinality(String) COMMENT '原始主题 / topic of the failed record',
    `source_partition` Int32 COMMENT '原始分区 / partition of the failed record',
    `source_offset` Int64 COMMENT '原始偏移量 / offset of the failed record',
    `source_timestamp` DateTime64(3, 'UTC') COMMENT '原始记录时间 / timestamp of the failed record',
    `consumer_group` LowCardinality(String) COMMENT '消费组 / consumer group that gave up',
    `app_version` LowCardinality(String) COMMENT '程序版本 / version of the program',
    `interaction_id` Nullable(String) COMMENT '交互编号，若可知 / interaction id where known',
    `record_version` Nullable(Int64) COMMENT '记录版本，若可知 / record version where known',
    `attempts` UInt32 COMMENT '尝试次数 / attempts made',
    `redrive_count` UInt32 COMMENT '重投次数 / how often it was sent again',
    `payload_sha256` String COMMENT '原始内容校验和 / checksum of the original value',
    `pointer` UInt8 COMMENT '死信是否只有坐标 / 1 where the dead letter holds coordinates only',
    `first_failed_at` DateTime64(3, 'UTC') COMMENT '首次失败时间 / first failure',
    `failed_at` DateTime64(3, 'UTC') COMMENT '成为死信的时间 / when it became a dead letter',
    `dead_letter_topic` LowCardinality(String) COMMENT '死信主题 / dead-letter topic that holds the bytes',
    `dead_letter_partition` Int32 COMMENT '死信分区 / partition there',
    `dead_letter_offset` Int64 COMMENT '死信偏移量 / offset there',
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(failed_at)
ORDER BY dead_letter_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192
COMMENT '死信索引，不含内容 / index of dead letters, without payload';

CREATE TABLE qa.evidence
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `result_id` String COMMENT '交互结果编号 / result id of the interaction',
    `finding` UInt32 COMMENT '发现序号 / n of the finding',
    `n` UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    `operator` LowCardinality(String) COMMENT '算子 / operator',
    `turn` Int32 COMMENT '话轮序号，-1 为由指标判定 / turn, -1 where a measure decided',
    `start_offset` Int32 COMMENT '起始字符位置 / first code point in the turn',
    `end_offset` Int32 COMMENT '结束字符位置（不含） / end, exclusive',
    `start_ms` Int64 COMMENT '起点毫秒 / start, ms',
    `end_ms` Int64 COMMENT '终点毫秒 / end, ms',
    `party` LowCardinality(String) COMMENT '说话方 / party',
    `sound_alike` UInt8 COMMENT '是否仅读音相同 / 1 where it matched by sound alone',
    `value` Nullable(Float64) COMMENT '实测值 / measured value',
    `threshold` Nullable(Float64) COMMENT '阈值 / threshold',
    `unit` LowCardinality(Nullable(String)) COMMENT '单位 / unit'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, finding, n)
SETTINGS index_granularity = 8192
COMMENT '证据的位置，不含文字 / where the evidence stands, without words';

CREATE TABLE qa.finding
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `result_id` String COMMENT '交互结果编号 / result id of the interaction',
    `n` UInt32 COMMENT '行号，从 0 起 / row number, from 0',
    `rule_id` LowCardinality(String) COMMENT '规则 / rule',
    `rule_version` LowCardinality(String) COMMENT '规则版本 / version of the rule',
    `rule_name` LowCardinality(String) COMMENT '规则名称 / name of the rule',
    `kind` LowCardinality(String) COMMENT '种类：FAULT、CREDIT、SIGNAL、EXEMPTION / kind',
    `verdict` LowCardinality(String) COMMENT '判定：HIT、UNCERTAIN / verdict',
    `doubt` LowCardinality(String) COMMENT '存疑原因 / why it is uncertain',
    `leg` Int16 COMMENT '坐席段序号，-1 为不属于坐席 / leg, -1 where it concerns none',
    `evidence_count` UInt16 COMMENT '证据数 / pieces of evidence'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, n)
SETTINGS index_granularity = 8192
COMMENT '规则命中或存疑，不可变 / a hit or an uncertain verdict of a rule, immutable';

CREATE TABLE qa.intake
(
    `source_topic` LowCardinality(String) COMMENT 'Kafka 主题 / Kafka topic',
    `source_partition` Int32 COMMENT '分区 / partition',
    `source_offset` Int64 COMMENT '偏移量 / offset',
    `source_timestamp` DateTime64(3, 'UTC') COMMENT 'Kafka 记录时间 / Kafka record timestamp',
    `tenant_id` LowCardinality(String) COMMENT '租户，无法解码时为空串 / tenant, empty where undecodable',
    `unit_id` String COMMENT '台账单元：交互编号，无法解码时为 主题:分区:偏移量 / unit of the ledger: interaction id, or topic:partition:offset where undecodable',
    `interaction_id` Nullable(String) COMMENT '交互编号 / interaction id',
    `record_version` Nullable(Int64) COMMENT '记录版本，最高者有效 / record version, the highest counts',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `started_at` Nullable(DateTime64(3, 'UTC')) COMMENT '开始时间 / started',
    `ended_at` Nullable(DateTime64(3, 'UTC')) COMMENT '结束时间 / ended',
    `business_date` Date32 COMMENT '业务日期，按站点时区；无法解码时取记录时间 / business day in the site time zone; of the record timestamp where undecodable',
    `decodable` UInt8 COMMENT '能否解码 / 1 where the record could be decoded',
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written',
    INDEX by_unit unit_id TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree(decodable)
ORDER BY (source_topic, source_partition, source_offset, source_timestamp)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192
COMMENT '接收台账：已完成主题的每个偏移量一行 / intake ledger: a row an offset of the completed topic';

CREATE TABLE qa.interaction
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `record_version` Int64 COMMENT '记录版本，最高者有效 / record version, the highest counts',
    `business_date` Date32 COMMENT '业务日期，按站点时区取结束时间 / business day of ended_at in the site time zone',
    `source_system` LowCardinality(String) COMMENT '来源系统 / source system',
    `source_ids` Map(String, String) COMMENT '来源系统中的编号 / ids in the source system',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `entry_point` LowCardinality(Nullable(String)) COMMENT '入口 / entry point',
    `direction` LowCardinality(String) COMMENT '方向 / direction',
    `started_at` DateTime64(3, 'UTC') COMMENT '开始时间 / started',
    `answered_at` Nullable(DateTime64(3, 'UTC')) COMMENT '人工首次应答时间 / first human answer',
    `ended_at` DateTime64(3, 'UTC') COMMENT '结束时间 / ended',
    `site_timezone` LowCardinality(String) COMMENT '站点时区 / site time zone',
    `language` LowCardinality(Nullable(String)) COMMENT '语言 / language',
    `disposition` LowCardinality(String) COMMENT '结束状态 / end state',
    `disconnect_party` LowCardinality(String) COMMENT '挂断方 / who ended it',
    `disconnect_reason_raw` Nullable(String) COMMENT '来源系统的挂断原因 / reason code of the source',
    `hangup_cause_q850` Nullable(Int32) COMMENT 'Q.850 挂断码 / Q.850 cause',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `queue_name` LowCardinality(Nullable(String)) COMMENT '队列名称 / queue name',
    `enqueued_at` Nullable(DateTime64(3, 'UTC')) COMMENT '进入队列时间 / entered the queue',
    `dequeued_at` Nullable(DateTime64(3, 'UTC')) COMMENT '离开队列时间 / left the queue',
    `queue_wait_ms` Nullable(Int64) COMMENT '排队毫秒 / wait in queue, ms',
    `service_level_threshold_ms` Nullable(Int64) COMMENT '服务水平目标毫秒 / service level target, ms',
    `transfer_count` Int32 COMMENT '转接次数 / hand-overs',
    `customer_key` Nullable(String) COMMENT '客户键（加密散列） / customer key (keyed hash)',
    `customer_address_key` Nullable(String) COMMENT '号码或账号键（加密散列） / address key (keyed hash)',
    `customer_region` LowCardinality(Nullable(String)) COMMENT '客户地区 / customer region',
    `customer_segment` LowCardinality(Nullable(String)) COMMENT '客户分群 / customer segment',
    `business_line` LowCardinality(Nullable(String)) COMMENT '业务线 / business line',
    `source_contact_reason` LowCardinality(Nullable(String)) COMMENT '坐席或流程点选的来电原因 / contact reason clicked by agent or flow',
    `case_id` Nullable(String) COMMENT '工单号 / case number',
    `campaign_id` LowCardinality(Nullable(String)) COMMENT '外呼活动 / outbound campaign',
    `journey_id` Nullable(String) COMMENT '客户旅程 / customer journey',
    `recording_consent` LowCardinality(String) COMMENT '录音告知 / recording consent',
    `content_masked` UInt8 COMMENT '上游是否已脱敏 / 1 where masked upstream',
    `retain_until` Nullable(Date32) COMMENT '内容最晚保留日 / last day content may be kept',
    `attributes` Map(String, String) COMMENT '其他属性 / other attributes',
    `self_service_flow_id` LowCardinality(Nullable(String)) COMMENT '自助流程 / self-service flow',
    `self_service_flow_version` LowCardinality(Nullable(String)) COMMENT '流程版本 / flow version',
    `self_service_task` LowCardinality(Nullable(String)) COMMENT '自助任务 / task of the flow',
    `self_service_outcome` LowCardinality(Nullable(String)) COMMENT '自助结果 / self-service outcome',
    `self_service_outcome_source` LowCardinality(Nullable(String)) COMMENT '结果来源 / who says so',
    `self_service_transfer_reason` LowCardinality(Nullable(String)) COMMENT '转人工原因 / why it went to a human',
    `leg_count` UInt16 COMMENT '坐席段数 / agent legs',
    `step_count` UInt32 COMMENT '自助步骤数 / self-service steps',
    `link_count` UInt16 COMMENT '关联数 / links',
    `recording_count` UInt16 COMMENT '录音数 / recordings',
    `lane_exclusion` LowCardinality(Nullable(String)) COMMENT '转写或归一化阶段的排除原因 / exclusion decided by transcription or normalization',
    `source_topic` LowCardinality(String) COMMENT 'Kafka 主题 / topic of the completed event',
    `source_partition` Int32 COMMENT '分区 / partition',
    `source_offset` Int64 COMMENT '偏移量 / offset',
    `source_timestamp` DateTime64(3, 'UTC') COMMENT 'Kafka 记录时间 / Kafka record timestamp',
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id)
SETTINGS index_granularity = 8192
COMMENT '交互：每次交互一行 / interaction: one row each';

CREATE TABLE qa.interaction_link
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `n` UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    `linked_interaction_id` String COMMENT '关联的交互 / the other interaction',
    `kind` LowCardinality(String) COMMENT '关系 / what the other one is to this one',
    `source_offset` Int64 COMMENT '来源偏移量 / offset of the completed event'
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (tenant_id, interaction_id, record_version, n)
SETTINGS index_granularity = 8192
COMMENT '交互之间的关联 / links between interactions';

CREATE TABLE qa.leg_score
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `result_id` String COMMENT '坐席段结果编号 / result id of the leg',
    `interaction_result_id` String COMMENT '整次交互的结果编号 / result id of the interaction',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `agent_id` String COMMENT '工号 / agent',
    `score` Nullable(Float64) COMMENT '得分 0-100，无适用项则为空 / score 0-100, null where nothing applied',
    `score_before_red_line` Nullable(Float64) COMMENT '红线清零前得分 / score before a red line set it to zero',
    `earned` Float64 COMMENT '得到的权重 / weight earned',
    `potential` Float64 COMMENT '适用项总权重 / weight of applicable items',
    `bonus` Float64 COMMENT '加分 / bonus',
    `red_line` UInt8 COMMENT '是否触红线 / 1 where a red line was crossed',
    `review_pending` UInt8 COMMENT '是否待人工复核 / 1 where a person must decide something',
    `full_service` UInt8 COMMENT '是否适用完整流程项 / 1 where items of the full service flow apply',
    `content_digest` String COMMENT '内容摘要 / digest of what a reader sees',
    `item_count` UInt16 COMMENT '评分项数 / items'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id)
SETTINGS index_granularity = 8192
COMMENT '坐席段得分，不可变 / score of an agent leg, immutable';

CREATE TABLE qa.loudness
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `transcript_id` String COMMENT '转写编号 / transcript id',
    `n` UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    `party` LowCardinality(String) COMMENT '声道所属方 / party of the channel',
    `channel` Int16 COMMENT '声道 / audio channel',
    `start_ms` Int64 COMMENT '首秒起点毫秒 / start of the first second, ms',
    `dbfs` Array(Int8) COMMENT '每秒音量 dBFS，-100 为无声 / level of every second, dBFS, -100 is digital silence',
    `record_version` Int64 COMMENT '记录版本 / record version'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id, n)
SETTINGS index_granularity = 8192
COMMENT '音量：每声道一行，每秒一值 / loudness: a row a channel, a value a second';

CREATE TABLE qa.result
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `result_id` String COMMENT '结果编号 / result id',
    `transcript_id` Nullable(String) COMMENT '转写编号，未转写则为空 / transcript id, null where there was none',
    `ruleset_id` LowCardinality(String) COMMENT '规则集 / rule set',
    `ruleset_hash` LowCardinality(String) COMMENT '规则集散列 / hash of the rule set',
    `scorecard_id` LowCardinality(String) COMMENT '评分卡 / scorecard',
    `scorecard_hash` LowCardinality(String) COMMENT '评分卡散列 / hash of the scorecard',
    `status` LowCardinality(String) COMMENT '状态：SCORED、EXCLUDED / status',
    `exclusion` LowCardinality(Nullable(String)) COMMENT '排除原因 / reason of exclusion',
    `score` Nullable(Float64) COMMENT '交互得分，由各坐席段得出 / score of the interaction, derived from its legs',
    `review_pending` UInt8 COMMENT '是否待人工复核 / 1 where a person must decide something',
    `content_digest` String COMMENT '内容摘要：相同则结果未变 / digest of what a reader sees; equal means unchanged',
    `leg_count` UInt16 COMMENT '评分的坐席段数 / scored legs',
    `finding_count` UInt32 COMMENT '发现数 / findings',
    `reason_count` UInt16 COMMENT '来电原因数 / contact reasons',
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id)
SETTINGS index_granularity = 8192
COMMENT '质检结果（整次交互），不可变 / result of a whole interaction, immutable';

CREATE TABLE qa.result_assignment
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `leg` Int16 COMMENT '坐席段序号，-1 为整次交互 / leg, -1 for the whole interaction',
    `scorecard_id` LowCardinality(String) COMMENT '评分卡 / scorecard',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `activation_seq` Int64 COMMENT '启用序号 / activation of the rules',
    `result_id` String COMMENT '生效的结果 / the result that counts',
    `interaction_result_id` String COMMENT '整次交互的结果 / result of the whole interaction',
    `decided_at` DateTime64(3, 'UTC') COMMENT '判定时间：评分记录的 Kafka 时间 / Kafka timestamp of the scored record',
    `source_topic` LowCardinality(String) COMMENT '来源主题 / topic of the completed event',
    `source_partition` Int32 COMMENT '来源分区 / partition of the completed event',
    `source_offset` Int64 COMMENT '来源偏移量 / offset of the completed event',
    `version` UInt64 COMMENT '越早越大：先判定者生效 / the earlier the higher: the first decision wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id, leg, scorecard_id, record_version, activation_seq)
SETTINGS index_granularity = 8192
COMMENT '哪个结果从何时起生效 / which result counts from when';

CREATE TABLE qa.review
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `review_id` String COMMENT '复核编号 / review id',
    `result_id` String COMMENT '被复核的结果 / result under review',
    `rule_id` LowCardinality(String) COMMENT '规则 / rule',
    `item_id` LowCardinality(Nullable(String)) COMMENT '评分项 / item',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `kind` LowCardinality(String) COMMENT '复核原因 / why a person looked',
    `decision` LowCardinality(String) COMMENT '复核结论 / decision',
    `reviewer_id` String COMMENT '复核人 / reviewer',
    `reviewed_at` DateTime64(3, 'UTC') COMMENT '复核时间 / reviewed',
    `has_comment` UInt8 COMMENT '是否有说明 / 1 where there is a comment',
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(reviewed_at)
ORDER BY (tenant_id, interaction_id, review_id)
SETTINGS index_granularity = 8192
COMMENT '人工复核，机器判定不被覆盖 / review by a person; the machine verdict is never overwritten';

CREATE TABLE qa.rule_text
(
    `content_hash` String COMMENT '内容散列 / hash of the parsed content',
    `file_id` LowCardinality(String) COMMENT '规则集或评分卡编号 / id of the rule set or scorecard',
    `language` LowCardinality(String) COMMENT '语言，评分卡为空串 / language, empty for a scorecard',
    `text` String COMMENT '文件原文 / the file as written' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY content_hash
SETTINGS index_granularity = 8192
COMMENT '规则集与评分卡的原文 / texts of rule sets and scorecards';

CREATE TABLE qa.schema_migrations
(
    `number` UInt32 COMMENT '迁移编号 / migration number',
    `name` String COMMENT '文件名 / file name',
    `checksum` String COMMENT '文件内容的 SHA-256 / SHA-256 of the file',
    `applied_at` DateTime64(3, 'UTC') COMMENT '执行时间 / when it was applied'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY number
SETTINGS index_granularity = 8192
COMMENT '已执行的迁移 / migrations that were applied';

CREATE TABLE qa.score_item
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `result_id` String COMMENT '坐席段结果编号 / result id of the leg',
    `n` UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    `item_id` LowCardinality(String) COMMENT '评分项 / item',
    `item_name` LowCardinality(String) COMMENT '评分项名称 / name of the item',
    `section` LowCardinality(String) COMMENT '章节 / section',
    `answer` LowCardinality(String) COMMENT '回答 / answer',
    `weight` Float64 COMMENT '权重 / weight',
    `earned` Float64 COMMENT '得到的权重 / weight earned',
    `in_doubt` Float64 COMMENT '存疑权重，分子分母均不计 / weight in doubt, in neither sum',
    `red_line` UInt8 COMMENT '是否红线项 / 1 for a red-line item',
    `reason` String COMMENT '理由 / why',
    `findings` Array(UInt32) COMMENT '依据的发现序号 / n of the findings behind it'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, n)
SETTINGS index_granularity = 8192
COMMENT '评分项，不可变 / item of a score, immutable';

CREATE TABLE qa.self_service_step
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `n` UInt32 COMMENT '行号，从 0 起 / row number, from 0',
    `seq` Int32 COMMENT '步骤序号 / step number as sent',
    `node_id` LowCardinality(String) COMMENT '节点 / node',
    `node_name` LowCardinality(Nullable(String)) COMMENT '节点名称 / node name',
    `entered_at` Nullable(DateTime64(3, 'UTC')) COMMENT '进入时间 / entered',
    `left_at` Nullable(DateTime64(3, 'UTC')) COMMENT '离开时间 / left',
    `input_mode` LowCardinality(String) COMMENT '输入方式 / input mode',
    `intent` LowCardinality(Nullable(String)) COMMENT '识别意图 / recognised intent',
    `intent_confidence` Nullable(Float64) COMMENT '意图置信度 / confidence of the intent',
    `attempts` Int32 COMMENT '尝试次数 / tries at this node',
    `result` LowCardinality(String) COMMENT '节点结果 / result of the node',
    `source_offset` Int64 COMMENT '来源偏移量 / offset of the completed event'
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (tenant_id, interaction_id, record_version, n)
SETTINGS index_granularity = 8192
COMMENT '自助步骤，不含输入内容 / self-service step, without what was entered';

CREATE TABLE qa.sentiment
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `result_id` String COMMENT '交互结果编号 / result id of the interaction',
    `n` UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    `party` LowCardinality(String) COMMENT '说话方 / party',
    `overall` Nullable(Float64) COMMENT '总体情绪 -5 至 +5 / overall, -5 to +5',
    `quarter1` Nullable(Float64) COMMENT '第一段 / first quarter',
    `quarter2` Nullable(Float64) COMMENT '第二段 / second quarter',
    `quarter3` Nullable(Float64) COMMENT '第三段 / third quarter',
    `quarter4` Nullable(Float64) COMMENT '第四段 / fourth quarter',
    `shift` Nullable(Float64) COMMENT '末段减首段 / last minus first'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, n)
SETTINGS index_granularity = 8192
COMMENT '情绪，不可变 / sentiment of a party, immutable';

CREATE TABLE qa.survey
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `offered_at` Nullable(DateTime64(3, 'UTC')) COMMENT '邀评时间 / offered',
    `answered_at` Nullable(DateTime64(3, 'UTC')) COMMENT '作答时间，空为未答 / answered, null where not',
    `via` LowCardinality(Nullable(String)) COMMENT '方式 / by which way',
    `score` Nullable(Float64) COMMENT '原始分值 / score as answered',
    `scale_min` Float64 COMMENT '量表最低分 / worst value of the scale',
    `scale_max` Float64 COMMENT '量表最高分 / best value of the scale',
    `resolved` LowCardinality(String) COMMENT '客户自述是否解决 / the customer says it was solved',
    `has_comment` UInt8 COMMENT '是否有留言 / 1 where there is a comment',
    `embedded` UInt8 COMMENT '是否随交互事件到达 / 1 where it came inside the completed event',
    `version` UInt64 COMMENT '作答时间越晚越大 / grows with answered_at',
    `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id)
SETTINGS index_granularity = 8192
COMMENT '满意度评价 / satisfaction survey';

CREATE TABLE qa.timeline
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `transcript_id` String COMMENT '转写编号 / transcript id',
    `n` UInt32 COMMENT '行号，从 0 起 / row number, from 0',
    `kind` LowCardinality(String) COMMENT '种类：SPEECH、INTERRUPTION、SILENCE / kind',
    `party` LowCardinality(String) COMMENT '说话方，静默为 UNKNOWN / party, UNKNOWN for silence',
    `start_ms` Int64 COMMENT '起点毫秒 / start, ms',
    `end_ms` Int64 COMMENT '终点毫秒 / end, ms',
    `yielded` Nullable(UInt8) COMMENT '被抢话者是否让出 / interruption: 1 where the other party stopped',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `announced` Nullable(UInt8) COMMENT '静默：坐席是否事先告知 / silence: 1 where the agent announced it',
    `after_party` LowCardinality(Nullable(String)) COMMENT '静默：之前说话的一方 / silence: who spoke before it',
    `before_party` LowCardinality(Nullable(String)) COMMENT '静默：之后说话的一方 / silence: who spoke after it'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id, n)
SETTINGS index_granularity = 8192
COMMENT '说话、抢话、静默的时间段 / stretches of speech, interruption and silence';

CREATE TABLE qa.transcript
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `transcript_id` String COMMENT '转写编号 / transcript id',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `hearing_key` String COMMENT '听写键：录音、模型、选项 / hearing key: recordings, model, options',
    `heard_at` DateTime64(3, 'UTC') COMMENT '转写记录的 Kafka 时间 / Kafka timestamp of the transcribed record',
    `language` LowCardinality(String) COMMENT '语言 / language',
    `engine` LowCardinality(String) COMMENT '识别引擎 / engine',
    `engine_version` LowCardinality(String) COMMENT '引擎版本 / engine version',
    `model` LowCardinality(String) COMMENT '模型 / model',
    `model_sha256` LowCardinality(String) COMMENT '模型校验和 / checksum of the model',
    `options` LowCardinality(String) COMMENT '识别选项 / options',
    `lexicon_hash` LowCardinality(String) COMMENT '词库散列 / hash of the lexicon',
    `redaction_version` LowCardinality(String) COMMENT '脱敏版本 / version of the redaction',
    `notes` Array(String) COMMENT '备注 / notes of the engine',
    `turn_count` UInt32 COMMENT '话轮数 / turns',
    `word_count` UInt32 COMMENT '词数 / recognised words',
    `timeline_count` UInt32 COMMENT '时间段数 / rows in qa.timeline',
    `definition_version` LowCardinality(String) COMMENT '指标定义版本 / version of the measure definitions',
    `conversation_ms` Nullable(Int64) COMMENT '对话毫秒：首词到末词 / first word to last word, ms',
    `agent_talk_ms` Nullable(Int64) COMMENT '坐席说话毫秒 / agent talk, ms',
    `customer_talk_ms` Nullable(Int64) COMMENT '客户说话毫秒 / customer talk, ms',
    `overlap_ms` Nullable(Int64) COMMENT '重叠毫秒 / overlap, ms',
    `silence_ms` Nullable(Int64) COMMENT '超过 3 秒的静默合计毫秒 / silences over 3 s, ms',
    `silence_2s_ms` Nullable(Int64) COMMENT '超过 2 秒的静默合计毫秒 / silences over 2 s, ms',
    `silence_5s_ms` Nullable(Int64) COMMENT '超过 5 秒的静默合计毫秒 / silences over 5 s, ms',
    `longest_silence_ms` Nullable(Int64) COMMENT '最长静默毫秒 / longest silence, ms',
    `agent_interruption_count` Nullable(Int32) COMMENT '坐席抢话次数 / interruptions by the agent',
    `customer_interruption_count` Nullable(Int32) COMMENT '客户抢话次数 / interruptions by the customer',
    `agent_cpm` Nullable(Float64) COMMENT '坐席每分钟字数 / agent Han characters per minute',
    `customer_cpm` Nullable(Float64) COMMENT '客户每分钟字数 / customer Han characters per minute',
    `agent_wpm` Nullable(Float64) COMMENT '坐席每分钟词数 / agent words per minute',
    `customer_wpm` Nullable(Float64) COMMENT '客户每分钟词数 / customer words per minute',
    `greeting_ms` Nullable(Int64) COMMENT '开场毫秒 / greeting, ms',
    `first_reply_ms` Nullable(Int64) COMMENT '首次回复毫秒 / first reply, ms',
    `average_reply_ms` Nullable(Int64) COMMENT '平均回复毫秒 / average reply, ms',
    `longest_reply_ms` Nullable(Int64) COMMENT '最长回复毫秒 / longest reply, ms',
    `agent_turn_count` Int32 COMMENT '坐席话轮数 / turns of the agent',
    `customer_turn_count` Int32 COMMENT '客户话轮数 / turns of the customer',
    `hold_ms` Nullable(Int64) COMMENT '保持毫秒：坐席段所报之和，否则为听到的保持音乐 / hold as stated by the legs, else the hold music heard, ms',
    `non_talk_ms` Nullable(Int64) COMMENT '非通话毫秒：静默加保持 / silence and hold, ms; null where it is not known when the hold was',
    `dead_air_count` Nullable(Int32) COMMENT '未告知的 5 秒以上静默次数 / silences over 5 s that nobody announced',
    `dead_air_ms` Nullable(Int64) COMMENT '未告知的 5 秒以上静默毫秒 / their sum, ms',
    `announced_wait_ms` Nullable(Int64) COMMENT '已告知的 5 秒以上等待毫秒 / silences over 5 s that the agent announced, ms',
    `agent_talk_over_ms` Nullable(Int64) COMMENT '坐席抢话重叠毫秒 / overlap of the interruptions by the agent, ms',
    `customer_talk_over_ms` Nullable(Int64) COMMENT '客户抢话重叠毫秒 / overlap of the interruptions by the customer, ms',
    `agent_response_ms` Nullable(Int64) COMMENT '坐席应答平均间隔毫秒 / mean pause before the agent answers, ms',
    `agent_longest_response_ms` Nullable(Int64) COMMENT '坐席应答最长间隔毫秒 / longest pause before the agent answers, ms',
    `customer_response_ms` Nullable(Int64) COMMENT '客户应答平均间隔毫秒 / mean pause before the customer answers, ms',
    `agent_loudness_dbfs` Nullable(Float64) COMMENT '坐席音量中位数 dBFS / median level of the agent, dBFS',
    `customer_loudness_dbfs` Nullable(Float64) COMMENT '客户音量中位数 dBFS / median level of the customer, dBFS',
    `agent_raised_voice_count` Nullable(Int32) COMMENT '坐席提高嗓门次数：高于自身中位 6 dB 满 3 秒 / raised voice: 3 s or more, 6 dB above the own median',
    `agent_raised_voice_ms` Nullable(Int64) COMMENT '坐席提高嗓门毫秒 / length of it, ms',
    `customer_raised_voice_count` Nullable(Int32) COMMENT '客户提高嗓门次数 / raised voice of the customer',
    `customer_raised_voice_ms` Nullable(Int64) COMMENT '客户提高嗓门毫秒 / length of it, ms',
    `word_probability` Nullable(Float64) COMMENT '识别词平均概率 / mean probability of the recognised words',
    `wordless_speech_ms` Nullable(Int64) COMMENT '满 1 秒而无词的语音毫秒 / speech of a second or more without a word, ms',
    `doubts` Array(LowCardinality(String)) COMMENT '整通存疑的原因，如声道疑似对调 / what puts the whole transcript in doubt, e.g. swapped channels',
    `loudness_count` UInt16 COMMENT '有音量的声道数 / rows in qa.loudness',
    `reading_count` UInt32 COMMENT '疑似听错处数 / places that may be misheard'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id)
SETTINGS index_granularity = 8192
COMMENT '转写及其指标，不含文字 / transcript and its measures, without words';

CREATE VIEW qa.unit
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `unit_id` String COMMENT '台账单元 / unit of the ledger',
    `interaction_id` Nullable(String) COMMENT '交互编号 / interaction id',
    `record_version` Nullable(Int64) COMMENT '最高记录版本 / highest record version',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `ended_at` Nullable(DateTime64(3, 'UTC')) COMMENT '结束时间 / ended',
    `received_at` DateTime64(3, 'UTC') COMMENT '首次接收时间 / first received',
    `coordinates` Array(Tuple(
        String,
        Int32,
        Int64)) COMMENT '该版本在 Kafka 的坐标 / Kafka coordinates of that version'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '台账单元，取最高记录版本 / units of the ledger at their highest record version'
AS SELECT
    tenant_id,
    unit_id,
    tupleElement(latest, 1) AS interaction_id,
    tupleElement(latest, 2) AS record_version,
    tupleElement(latest, 3) AS channel,
    tupleElement(latest, 4) AS business_date,
    tupleElement(latest, 5) AS ended_at,
    received_at,
    arrayMap(row -> tupleElement(row, 2), arrayFilter(row -> (tupleElement(row, 1) = ifNull(record_version, -1)), versions)) AS coordinates
FROM
(
    SELECT
        tenant_id,
        unit_id,
        argMax((interaction_id, record_version, channel, business_date, ended_at), (ifNull(record_version, -1), source_offset)) AS latest,
        min(source_timestamp) AS received_at,
        groupArray((ifNull(record_version, -1), (source_topic, source_partition, source_offset))) AS versions
    FROM
    (
        SELECT
            tenant_id,
            unit_id,
            interaction_id,
            record_version,
            channel,
            business_date,
            ended_at,
            source_topic,
            source_partition,
            source_offset,
            source_timestamp
        FROM qa.intake
        FINAL
        UNION ALL
        SELECT
            '' AS tenant_id,
            ifNull(interaction_id, concat(source_topic, ':', toString(source_partition), ':', toString(source_offset))),
            interaction_id,
            record_version,
            'UNKNOWN',
            toDate32(source_timestamp),
            NULL,
            source_topic,
            source_partition,
            source_offset,
            source_timestamp
        FROM qa.dead_letter
        FINAL
        WHERE (source_topic = 'qa.interaction.completed.v1') AND ((source_topic, source_partition, source_offset) NOT IN (
            SELECT
                source_topic,
                source_partition,
                source_offset
            FROM qa.intake
        )) AND (ifNull(interaction_id, '') NOT IN (
            SELECT unit_id
            FROM qa.intake
        ))
    )
    GROUP BY
        tenant_id,
        unit_id
);

CREATE VIEW qa_bi.v_agent
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `agent_id` String COMMENT '工号 / agent',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team',
    `site_id` LowCardinality(Nullable(String)) COMMENT '职场 / site',
    `work_location` LowCardinality(String) COMMENT '职场或居家 / at the site or at home',
    `handled_count` UInt64 COMMENT '服务的坐席段数 / legs handled',
    `score_sum` Nullable(Float64) COMMENT '平均分分子：得分之和 / mean score, numerator: sum of scores',
    `scored_count` UInt64 COMMENT '平均分分母：有得分的坐席段数 / mean score, denominator: legs with a score',
    `score_mean` Nullable(Float64) COMMENT '平均分 / mean score',
    `red_line_count` UInt64 COMMENT '红线率分子：触红线的坐席段数 / red-line rate, numerator',
    `red_line_denominator` UInt64 COMMENT '红线率分母：有得分的坐席段数 / red-line rate, denominator: legs with a score',
    `red_line_rate` Nullable(Float64) COMMENT '红线率 / red-line rate',
    `fault_count` UInt64 COMMENT '差错命中数 / faults hit',
    `credit_count` UInt64 COMMENT '加分命中数 / credits hit',
    `uncertain_count` UInt64 COMMENT '存疑数 / uncertain findings',
    `review_pending_count` UInt64 COMMENT '待复核坐席段数 / legs with a review pending',
    `handle_ms_sum` Nullable(Int64) COMMENT '平均处理时长分子：通话、保持、话后之和 / handling time, numerator: talk + hold + after-contact work, ms',
    `handle_denominator` UInt64 COMMENT '平均处理时长分母：三者齐全的坐席段数 / handling time, denominator: legs for which it is known',
    `handle_ms_mean` Nullable(Float64) COMMENT '平均处理毫秒 / mean handling time, ms'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '坐席：每日、渠道、队列 / agent by day, channel and queue'
AS SELECT
    tenant_id,
    business_date,
    channel,
    queue_id,
    agent_id,
    team_id,
    site_id,
    work_location,
    count() AS handled_count,
    sum(score) AS score_sum,
    countIf(isNotNull(score)) AS scored_count,
    score_sum / nullIf(scored_count, 0) AS score_mean,
    countIf(red_line = 1) AS red_line_count,
    countIf(isNotNull(score)) AS red_line_denominator,
    red_line_count / nullIf(red_line_denominator, 0) AS red_line_rate,
    sum(l.fault_count) AS fault_count,
    sum(l.credit_count) AS credit_count,
    sum(l.uncertain_count) AS uncertain_count,
    countIf(review_pending = 1) AS review_pending_count,
    sum(handle_ms) AS handle_ms_sum,
    countIf(isNotNull(handle_ms)) AS handle_denominator,
    handle_ms_sum / nullIf(handle_denominator, 0) AS handle_ms_mean
FROM qa_bi.v_agent_leg AS l
GROUP BY
    tenant_id,
    business_date,
    channel,
    queue_id,
    agent_id,
    team_id,
    site_id,
    work_location;

CREATE VIEW qa_bi.v_agent_leg
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `agent_id` String COMMENT '工号 / agent',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team',
    `site_id` LowCardinality(Nullable(String)) COMMENT '职场 / site',
    `work_location` LowCardinality(String) COMMENT '职场或居家 / at the site or at home',
    `vendor_id` LowCardinality(Nullable(String)) COMMENT '外包商 / outsourcer',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `joined_at` Nullable(DateTime64(3, 'UTC')) COMMENT '接入时间 / joined',
    `left_at` Nullable(DateTime64(3, 'UTC')) COMMENT '离开时间 / left',
    `talk_ms` Nullable(Int64) COMMENT '通话毫秒 / talk, ms',
    `hold_ms` Nullable(Int64) COMMENT '保持毫秒 / hold, ms',
    `acw_ms` Nullable(Int64) COMMENT '话后处理毫秒 / after-contact work, ms',
    `handle_ms` Nullable(Int64) COMMENT '处理毫秒：通话加保持加话后，话后未完则为空 / talk + hold + after-contact work, null where the latter is unknown',
    `first_reply_ms` Nullable(Int64) COMMENT '首次回复毫秒 / first reply, ms',
    `transfer_kind` LowCardinality(String) COMMENT '转接方式 / how the leg was handed on',
    `score` Nullable(Float64) COMMENT '得分 / score',
    `red_line` Nullable(UInt8) COMMENT '是否触红线 / 1 where a red line was crossed',
    `review_pending` Nullable(UInt8) COMMENT '是否待复核 / 1 where a review is pending',
    `fault_count` UInt64 COMMENT '命中的差错数 / faults hit',
    `credit_count` UInt64 COMMENT '命中的加分数 / credits hit',
    `uncertain_count` UInt64 COMMENT '存疑数 / uncertain findings'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '坐席段：每次交互每位坐席一行，含得分 / one row an interaction and agent leg, with its score'
AS SELECT
    i.tenant_id AS tenant_id,
    i.interaction_id AS interaction_id,
    g.leg AS leg,
    i.business_date AS business_date,
    i.channel AS channel,
    g.agent_id AS agent_id,
    g.team_id AS team_id,
    g.site_id AS site_id,
    g.work_location AS work_location,
    g.vendor_id AS vendor_id,
    ifNull(g.queue_id, i.queue_id) AS queue_id,
    g.joined_at AS joined_at,
    g.left_at AS left_at,
    g.talk_ms AS talk_ms,
    g.hold_ms AS hold_ms,
    g.acw_ms AS acw_ms,
    (g.talk_ms + ifNull(g.hold_ms, 0)) + g.acw_ms AS handle_ms,
    g.first_reply_ms AS first_reply_ms,
    g.transfer_kind AS transfer_kind,
    s.score AS score,
    s.red_line AS red_line,
    s.review_pending AS review_pending,
    ifNull(f.faults, 0) AS fault_count,
    ifNull(f.credits, 0) AS credit_count,
    ifNull(f.uncertain, 0) AS uncertain_count
FROM qa.interaction AS i
FINAL
INNER JOIN qa.agent_leg AS g
FINAL ON (g.tenant_id = i.tenant_id) AND (g.interaction_id = i.interaction_id) AND (g.record_version = i.record_version)
LEFT JOIN qa_bi.v_score AS s ON (s.tenant_id = i.tenant_id) AND (s.interaction_id = i.interaction_id) AND (s.leg = g.leg) AND (s.agent_id = g.agent_id)
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        leg,
        assumeNotNull(agent_id) AS agent_id,
        countIf((kind = 'FAULT') AND (verdict = 'HIT')) AS faults,
        countIf((kind = 'CREDIT') AND (verdict = 'HIT')) AS credits,
        countIf(verdict = 'UNCERTAIN') AS uncertain
    FROM qa_bi.v_finding
    WHERE (leg >= 0) AND isNotNull(agent_id)
    GROUP BY
        tenant_id,
        interaction_id,
        leg,
        agent_id
) AS f ON (f.tenant_id = i.tenant_id) AND (f.interaction_id = i.interaction_id) AND (f.leg = g.leg) AND (f.agent_id = g.agent_id)
WHERE g.leg < i.leg_count
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_alert
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `alert_id` String COMMENT '预警编号 / alert id',
    `kind` LowCardinality(String) COMMENT '种类 / kind',
    `business_date` Nullable(Date32) COMMENT '业务日期 / business day',
    `channel` LowCardinality(Nullable(String)) COMMENT '渠道 / channel',
    `rule_id` LowCardinality(String) COMMENT '规则 / rule',
    `rule_name` LowCardinality(String) COMMENT '规则名称 / name of the rule',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `agent_id` Nullable(String) COMMENT '工号 / agent',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `ended_at` DateTime64(3, 'UTC') COMMENT '交互结束时间 / the interaction ended',
    `raised_at` DateTime64(3, 'UTC') COMMENT '预警时间 / raised',
    `delay_ms` Int64 COMMENT '从结束到预警的毫秒 / from the end to the alert, ms',
    `party` LowCardinality(String) COMMENT '说话方 / party',
    `turn` Int32 COMMENT '话轮序号 / turn',
    `start_ms` Int64 COMMENT '起点毫秒 / start, ms',
    `end_ms` Int64 COMMENT '终点毫秒 / end, ms',
    `linked_interaction_ids` Array(String) COMMENT '关联的交互 / linked interactions'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '预警 / alerts'
AS SELECT
    a.tenant_id AS tenant_id,
    a.interaction_id AS interaction_id,
    a.alert_id AS alert_id,
    a.kind AS kind,
    i.business_date AS business_date,
    i.channel AS channel,
    a.rule_id AS rule_id,
    a.rule_name AS rule_name,
    a.leg AS leg,
    a.agent_id AS agent_id,
    a.team_id AS team_id,
    a.queue_id AS queue_id,
    a.ended_at AS ended_at,
    a.raised_at AS raised_at,
    toUnixTimestamp64Milli(a.raised_at) - toUnixTimestamp64Milli(a.ended_at) AS delay_ms,
    a.party AS party,
    a.turn AS turn,
    a.start_ms AS start_ms,
    a.end_ms AS end_ms,
    a.linked_interaction_ids AS linked_interaction_ids
FROM qa.alert AS a
FINAL
LEFT JOIN qa.interaction AS i
FINAL ON (i.tenant_id = a.tenant_id) AND (i.interaction_id = a.interaction_id)
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_contact_reason
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `n` UInt16 COMMENT '原因序号 / row number of the reason',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `level1` LowCardinality(String) COMMENT '一级原因 / reason, level 1',
    `level2` LowCardinality(String) COMMENT '二级原因 / reason, level 2',
    `is_primary` UInt8 COMMENT '是否主要原因 / 1 for the primary reason',
    `verdict` LowCardinality(String) COMMENT '判定 / verdict',
    `rule_id` LowCardinality(String) COMMENT '规则，机器学习的为空串 / rule, empty where machine-learned',
    `source` LowCardinality(String) COMMENT '来源：规则或机器学习 / RULE, or MODEL where it is machine-learned',
    `confidence` Nullable(Float64) COMMENT '机器学习的把握 / confidence of a machine-learned reason',
    `model_hash` LowCardinality(Nullable(String)) COMMENT '模型文件哈希 / SHA-256 of the model\'s file',
    `source_contact_reason` LowCardinality(Nullable(String)) COMMENT '坐席或流程点选的原因 / reason clicked by agent or flow',
    `activation_seq` Int64 COMMENT '启用序号 / activation of the rules'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '来电原因（当前有效） / contact reasons as they count now'
AS SELECT
    b.tenant_id AS tenant_id,
    b.interaction_id AS interaction_id,
    c.n AS n,
    i.business_date AS business_date,
    i.channel AS channel,
    i.queue_id AS queue_id,
    c.level1 AS level1,
    c.level2 AS level2,
    c.is_primary AS is_primary,
    c.verdict AS verdict,
    c.rule_id AS rule_id,
    ifNull(c.source, 'RULE') AS source,
    c.confidence AS confidence,
    c.model_hash AS model_hash,
    i.source_contact_reason AS source_contact_reason,
    b.activation_seq AS activation_seq
FROM qa.base_result AS b
INNER JOIN qa.contact_reason AS c
FINAL ON (c.tenant_id = b.tenant_id) AND (c.interaction_id = b.interaction_id) AND (c.result_id = b.result_id)
INNER JOIN qa.interaction AS i
FINAL ON (i.tenant_id = b.tenant_id) AND (i.interaction_id = b.interaction_id);

CREATE VIEW qa_bi.v_coverage
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `unit_id` String COMMENT '台账单元 / unit of the ledger',
    `interaction_id` Nullable(String) COMMENT '交互编号，无法解码时为空 / interaction id, null where undecodable',
    `record_version` Nullable(Int64) COMMENT '最高记录版本 / highest record version',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `ended_at` Nullable(DateTime64(3, 'UTC')) COMMENT '结束时间 / ended',
    `received_at` DateTime64(3, 'UTC') COMMENT '首次接收时间 / first received',
    `state` LowCardinality(String) COMMENT '状态：scored、excluded、dead_lettered、in_flight / state',
    `exclusion` LowCardinality(Nullable(String)) COMMENT '排除原因 / reason of exclusion',
    `dead_letter_stage` LowCardinality(Nullable(String)) COMMENT '失败阶段 / stage of the dead letter',
    `dead_letter_reason` LowCardinality(Nullable(String)) COMMENT '死信原因 / reason of the dead letter',
    `decided_at` Nullable(DateTime64(3, 'UTC')) COMMENT '判定时间 / decided'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '覆盖台账：每个单元一行，状态唯一 / coverage ledger: one row a unit, with its one state'
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
    SELECT
        b.tenant_id AS tenant_id,
        b.interaction_id AS interaction_id,
        b.record_version AS record_version,
        b.decided_at AS decided_at,
        toString(s.status) AS status,
        s.exclusion AS exclusion
    FROM qa.base_result AS b
    INNER JOIN qa.result AS s
    FINAL ON (s.tenant_id = b.tenant_id) AND (s.interaction_id = b.interaction_id) AND (s.result_id = b.result_id)
) AS r ON (r.tenant_id = u.tenant_id) AND (r.interaction_id = u.interaction_id) AND (r.record_version = u.record_version)
LEFT JOIN
(
    SELECT
        tenant_id,
        unit_id,
        count() AS dead_letters,
        toString(argMax(stage, failed_at)) AS stage,
        toString(argMax(reason, failed_at)) AS reason
    FROM
    (
        SELECT
            u.tenant_id AS tenant_id,
            u.unit_id AS unit_id,
            d.stage AS stage,
            d.reason AS reason,
            d.failed_at AS failed_at
        FROM qa.unit AS u
        INNER JOIN qa.dead_letter AS d
        FINAL ON d.interaction_id = u.interaction_id
        WHERE ifNull(d.record_version, u.record_version) = u.record_version
        UNION ALL
        SELECT
            u.tenant_id,
            u.unit_id,
            d.stage,
            d.reason,
            d.failed_at
        FROM
        (
            SELECT
                tenant_id,
                unit_id,
                arrayJoin(coordinates) AS place
            FROM qa.unit
        ) AS u
        INNER JOIN qa.dead_letter AS d
        FINAL ON (d.source_topic = tupleElement(u.place, 1)) AND (d.source_partition = tupleElement(u.place, 2)) AND (d.source_offset = tupleElement(u.place, 3))
    )
    GROUP BY
        tenant_id,
        unit_id
) AS d ON (d.tenant_id = u.tenant_id) AND (d.unit_id = u.unit_id)
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_coverage_daily
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `received_count` UInt64 COMMENT '接收数，等于下列四种状态之和 / received; the four states below add up to it',
    `scored_count` UInt64 COMMENT '已评分数 / scored',
    `excluded_count` UInt64 COMMENT '排除数 / excluded',
    `dead_lettered_count` UInt64 COMMENT '死信数 / dead-lettered',
    `in_flight_count` UInt64 COMMENT '处理中数 / in flight',
    `excluded_no_content_count` UInt64 COMMENT '排除：无内容 / excluded: no content',
    `excluded_consent_denied_count` UInt64 COMMENT '排除：客户不同意录音 / excluded: consent denied',
    `excluded_no_service_count` UInt64 COMMENT '排除：未提供服务 / excluded: no service',
    `excluded_language_count` UInt64 COMMENT '排除：语言不支持 / excluded: language unsupported',
    `excluded_unintelligible_count` UInt64 COMMENT '排除：无法听清 / excluded: unintelligible',
    `excluded_too_short_count` UInt64 COMMENT '排除：过短 / excluded: too short',
    `excluded_customer_abuse_count` UInt64 COMMENT '排除：客户辱骂威胁，坐席免评 / excluded: customer abuse, the agent is exempt',
    `excluded_voicemail_count` UInt64 COMMENT '排除：语音信箱 / excluded: voice mailbox',
    `excluded_dialect_count` UInt64 COMMENT '排除：方言超出模型 / excluded: dialect unsupported',
    `coverage_numerator` UInt64 COMMENT '质检覆盖率分子：已评分 / coverage, numerator: scored',
    `coverage_denominator` UInt64 COMMENT '质检覆盖率分母：接收减排除 / coverage, denominator: received minus excluded',
    `coverage_rate` Nullable(Float64) COMMENT '质检覆盖率，分母为零则为空 / coverage, null where the denominator is 0',
    `accounted_numerator` UInt64 COMMENT '已有结论数：评分、排除、死信 / accounted for, numerator: scored, excluded, dead-lettered',
    `accounted_denominator` UInt64 COMMENT '已有结论率分母：接收 / accounted for, denominator: received',
    `accounted_rate` Nullable(Float64) COMMENT '已有结论率 / share of what was received that has an outcome'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '每日各渠道覆盖情况 / coverage by business day and channel'
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
    countIf(exclusion = 'VOICEMAIL') AS excluded_voicemail_count,
    countIf(exclusion = 'DIALECT_UNSUPPORTED') AS excluded_dialect_count,
    scored_count AS coverage_numerator,
    received_count - excluded_count AS coverage_denominator,
    coverage_numerator / nullIf(coverage_denominator, 0) AS coverage_rate,
    received_count - in_flight_count AS accounted_numerator,
    received_count AS accounted_denominator,
    accounted_numerator / nullIf(accounted_denominator, 0) AS accounted_rate
FROM qa_bi.v_coverage
GROUP BY
    tenant_id,
    business_date,
    channel;

CREATE VIEW qa_bi.v_fcr
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `said_numerator` UInt64 COMMENT '客户自述解决率分子：自述已解决且此前 7 天未联系 / customer-said, numerator: says solved, no contact in the 7 days before',
    `said_denominator` UInt64 COMMENT '客户自述解决率分母：回答了是否解决 / customer-said, denominator: answered the question',
    `said_rate` Nullable(Float64) COMMENT '首次解决率（客户自述） / first contact resolution, customer-said',
    `no_repeat_numerator` UInt64 COMMENT '无重复来电率分子：7 天内未再联系 / no repeat, numerator: no contact within 7 days',
    `no_repeat_denominator` UInt64 COMMENT '无重复来电率分母：已服务、有客户键、窗口已满 / no repeat, denominator: handled, customer known, window over',
    `no_repeat_rate` Nullable(Float64) COMMENT '首次解决率（7 天无重复） / first contact resolution, no repeat in 7 days',
    `window_open_count` UInt64 COMMENT '窗口未满而未计入 / left out: window still open',
    `customer_unknown_count` UInt64 COMMENT '客户未知而未计入 / left out: customer unknown'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '首次解决率：客户自述与 7 天无重复，分列 / first contact resolution, both ways'
AS SELECT
    p.tenant_id AS tenant_id,
    p.business_date AS business_date,
    p.channel AS channel,
    p.queue_id AS queue_id,
    countIf((v.resolved = 'YES') AND isNull(e.interaction_id)) AS said_numerator,
    countIf(v.resolved IN ('YES', 'NO')) AS said_denominator,
    said_numerator / nullIf(said_denominator, 0) AS said_rate,
    countIf(served AND p.has_customer AND p.closed_7d AND (NOT p.repeat_7d)) AS no_repeat_numerator,
    countIf(served AND p.has_customer AND p.closed_7d) AS no_repeat_denominator,
    no_repeat_numerator / nullIf(no_repeat_denominator, 0) AS no_repeat_rate,
    countIf(served AND p.has_customer AND (NOT p.closed_7d)) AS window_open_count,
    countIf(served AND (NOT p.has_customer)) AS customer_unknown_count
FROM
(
    SELECT
        *,
        disposition IN ('HANDLED', 'SELF_SERVED') AS served
    FROM qa_bi.v_repeat_contact
) AS p
LEFT JOIN qa.survey AS v
FINAL ON (v.tenant_id = p.tenant_id) AND (v.interaction_id = p.interaction_id)
LEFT JOIN
(
    SELECT DISTINCT
        tenant_id,
        next_interaction_id AS interaction_id
    FROM qa_bi.v_repeat_contact
    WHERE repeat_7d = 1
) AS e ON (e.tenant_id = p.tenant_id) AND (e.interaction_id = p.interaction_id)
GROUP BY
    tenant_id,
    business_date,
    channel,
    queue_id
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_finding
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `n` UInt32 COMMENT '发现序号 / row number of the finding',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `leg` Int16 COMMENT '坐席段序号，-1 为不属于坐席 / leg, -1 where it concerns none',
    `agent_id` Nullable(String) COMMENT '工号 / agent',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team',
    `site_id` LowCardinality(Nullable(String)) COMMENT '职场 / site',
    `work_location` LowCardinality(Nullable(String)) COMMENT '职场或居家 / at the site or at home',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `rule_id` LowCardinality(String) COMMENT '规则 / rule',
    `rule_version` LowCardinality(String) COMMENT '规则版本 / version of the rule',
    `rule_name` LowCardinality(String) COMMENT '规则名称 / name of the rule',
    `kind` LowCardinality(String) COMMENT '种类 / kind',
    `verdict` LowCardinality(String) COMMENT '判定 / verdict',
    `doubt` LowCardinality(String) COMMENT '存疑原因 / why it is uncertain',
    `review_decision` LowCardinality(Nullable(String)) COMMENT '人工复核结论，未复核为空 / decision of the latest review, null where none',
    `evidence_count` UInt16 COMMENT '证据数 / pieces of evidence',
    `turn` Nullable(Int32) COMMENT '首个证据的话轮 / turn of the first evidence',
    `start_ms` Nullable(Int64) COMMENT '首个证据起点毫秒 / start of the first evidence, ms',
    `end_ms` Nullable(Int64) COMMENT '首个证据终点毫秒 / end of the first evidence, ms',
    `value` Nullable(Float64) COMMENT '实测值 / measured value',
    `threshold` Nullable(Float64) COMMENT '阈值 / threshold',
    `unit` LowCardinality(Nullable(String)) COMMENT '单位 / unit',
    `activation_seq` Int64 COMMENT '启用序号 / activation of the rules',
    `result_id` String COMMENT '交互结果编号 / result id of the interaction',
    `decided_at` DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '规则发现（当前有效） / findings as they count now'
AS SELECT
    b.tenant_id AS tenant_id,
    b.interaction_id AS interaction_id,
    f.n AS n,
    i.business_date AS business_date,
    i.channel AS channel,
    f.leg AS leg,
    g.agent_id AS agent_id,
    g.team_id AS team_id,
    g.site_id AS site_id,
    g.work_location AS work_location,
    ifNull(g.queue_id, i.queue_id) AS queue_id,
    f.rule_id AS rule_id,
    f.rule_version AS rule_version,
    f.rule_name AS rule_name,
    f.kind AS kind,
    f.verdict AS verdict,
    f.doubt AS doubt,
    v.decision AS review_decision,
    f.evidence_count AS evidence_count,
    e.turn AS turn,
    e.start_ms AS start_ms,
    e.end_ms AS end_ms,
    e.value AS value,
    e.threshold AS threshold,
    e.unit AS unit,
    b.activation_seq AS activation_seq,
    b.result_id AS result_id,
    b.decided_at AS decided_at
FROM qa.base_result AS b
INNER JOIN qa.finding AS f
FINAL ON (f.tenant_id = b.tenant_id) AND (f.interaction_id = b.interaction_id) AND (f.result_id = b.result_id)
INNER JOIN qa.interaction AS i
FINAL ON (i.tenant_id = b.tenant_id) AND (i.interaction_id = b.interaction_id)
LEFT JOIN qa.agent_leg AS g
FINAL ON (g.tenant_id = b.tenant_id) AND (g.interaction_id = b.interaction_id) AND (g.record_version = b.record_version) AND (g.leg = f.leg)
LEFT JOIN
(
    SELECT *
    FROM qa.evidence
    FINAL
    WHERE n = 0
) AS e ON (e.tenant_id = f.tenant_id) AND (e.interaction_id = f.interaction_id) AND (e.result_id = f.result_id) AND (e.finding = f.n)
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        result_id,
        rule_id,
        leg,
        toString(argMax(decision, reviewed_at)) AS decision
    FROM qa.review
    FINAL
    GROUP BY
        tenant_id,
        interaction_id,
        result_id,
        rule_id,
        leg
) AS v ON (v.tenant_id = f.tenant_id) AND (v.interaction_id = f.interaction_id) AND (v.result_id = f.result_id) AND (v.rule_id = f.rule_id) AND (v.leg = f.leg)
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_freshness
(
    `stage` LowCardinality(String) COMMENT '阶段 / stage',
    `row_count` UInt64 COMMENT '可见行数 / rows visible',
    `latest_event_at` Nullable(DateTime64(3, 'UTC')) COMMENT '最新 Kafka 记录时间 / newest Kafka timestamp visible',
    `latest_ended_at` Nullable(DateTime64(3, 'UTC')) COMMENT '最新可见交互的结束时间 / newest ended_at visible',
    `delay_p50_ms` Nullable(Float64) COMMENT '从交互结束到该阶段的延迟中位数毫秒 / median delay from the end to this stage, ms',
    `delay_p95_ms` Nullable(Float64) COMMENT '该延迟的 95 分位毫秒 / 95th percentile of that delay, ms'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '各阶段的新鲜度 / freshness of each stage'
AS SELECT
    stage,
    countIf(present) AS row_count,
    if(row_count = 0, NULL, maxIf(event_at, present)) AS latest_event_at,
    maxIf(ended_at, present) AS latest_ended_at,
    if(countIf(isNotNull(delay_ms)) = 0, NULL, quantileExactIf(0.5)(ifNull(delay_ms, 0), isNotNull(delay_ms))) AS delay_p50_ms,
    if(countIf(isNotNull(delay_ms)) = 0, NULL, quantileExactIf(0.95)(ifNull(delay_ms, 0), isNotNull(delay_ms))) AS delay_p95_ms
FROM
(
    SELECT
        stage,
        event_at,
        ended_at,
        present,
        toUnixTimestamp64Milli(event_at) - toUnixTimestamp64Milli(ended_at) AS delay_ms
    FROM
    (
        SELECT
            'completed' AS stage,
            source_timestamp AS event_at,
            ended_at,
            1 AS present
        FROM qa.intake
        FINAL
        UNION ALL
        SELECT
            'transcribed',
            t.heard_at,
            i.ended_at,
            1
        FROM qa.transcript AS t
        FINAL
        INNER JOIN qa.interaction AS i
        FINAL ON (i.tenant_id = t.tenant_id) AND (i.interaction_id = t.interaction_id)
        UNION ALL
        SELECT
            'scored',
            b.decided_at,
            i.ended_at,
            1
        FROM qa.base_result AS b
        INNER JOIN qa.interaction AS i
        FINAL ON (i.tenant_id = b.tenant_id) AND (i.interaction_id = b.interaction_id)
        UNION ALL
        SELECT
            'alert',
            raised_at,
            ended_at,
            1
        FROM qa.alert
        FINAL
        UNION ALL
        SELECT
            'dead_letter',
            failed_at,
            NULL,
            1
        FROM qa.dead_letter
        FINAL
        UNION ALL
        SELECT
            arrayJoin(['completed', 'transcribed', 'scored', 'alert', 'dead_letter']),
            toDateTime64(0, 3, 'UTC'),
            NULL,
            0
    )
)
GROUP BY stage;

CREATE VIEW qa_bi.v_interaction
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `business_date` Date32 COMMENT '业务日期，按站点时区 / business day in the site time zone',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `entry_point` LowCardinality(Nullable(String)) COMMENT '入口 / entry point',
    `direction` LowCardinality(String) COMMENT '方向 / direction',
    `started_at` DateTime64(3, 'UTC') COMMENT '开始时间 / started',
    `answered_at` Nullable(DateTime64(3, 'UTC')) COMMENT '人工首次应答时间 / first human answer',
    `ended_at` DateTime64(3, 'UTC') COMMENT '结束时间 / ended',
    `duration_ms` Int64 COMMENT '时长毫秒：开始到结束 / from start to end, ms',
    `language` LowCardinality(Nullable(String)) COMMENT '语言 / language',
    `disposition` LowCardinality(String) COMMENT '结束状态 / end state',
    `disconnect_party` LowCardinality(String) COMMENT '挂断方 / who ended it',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `queue_name` LowCardinality(Nullable(String)) COMMENT '队列名称 / queue name',
    `queue_wait_ms` Nullable(Int64) COMMENT '排队毫秒 / wait in queue, ms',
    `transfer_count` Int32 COMMENT '转接次数 / hand-overs',
    `leg_count` UInt16 COMMENT '坐席段数 / agent legs',
    `first_agent_id` Nullable(String) COMMENT '首位坐席 / first agent',
    `customer_region` LowCardinality(Nullable(String)) COMMENT '客户地区 / customer region',
    `customer_segment` LowCardinality(Nullable(String)) COMMENT '客户分群 / customer segment',
    `business_line` LowCardinality(Nullable(String)) COMMENT '业务线 / business line',
    `case_id` Nullable(String) COMMENT '工单号 / case number',
    `campaign_id` LowCardinality(Nullable(String)) COMMENT '外呼活动 / outbound campaign',
    `journey_id` Nullable(String) COMMENT '客户旅程 / customer journey',
    `status` LowCardinality(Nullable(String)) COMMENT '质检状态：SCORED、EXCLUDED，未判定为空 / status, null where not decided',
    `exclusion` LowCardinality(Nullable(String)) COMMENT '排除原因 / reason of exclusion',
    `score` Nullable(Float64) COMMENT '交互得分 / score of the interaction',
    `red_line` Nullable(UInt8) COMMENT '是否触红线 / 1 where a red line was crossed',
    `review_pending` Nullable(UInt8) COMMENT '是否待复核 / 1 where a review is pending',
    `fault_count` UInt64 COMMENT '命中的差错数 / faults hit',
    `credit_count` UInt64 COMMENT '命中的加分数 / credits hit',
    `signal_count` UInt64 COMMENT '命中的信号数 / signals hit',
    `uncertain_count` UInt64 COMMENT '存疑数 / uncertain findings',
    `alert_count` UInt64 COMMENT '预警数 / alerts',
    `reason_level1` LowCardinality(Nullable(String)) COMMENT '主要原因（一级） / primary reason, level 1',
    `reason_level2` LowCardinality(Nullable(String)) COMMENT '主要原因（二级） / primary reason, level 2',
    `source_contact_reason` LowCardinality(Nullable(String)) COMMENT '坐席或流程点选的原因 / reason clicked by agent or flow',
    `customer_sentiment` Nullable(Float64) COMMENT '客户情绪 -5 至 +5 / customer sentiment, -5 to +5',
    `customer_sentiment_shift` Nullable(Float64) COMMENT '客户情绪变化 / shift of customer sentiment',
    `self_service_flow_id` LowCardinality(Nullable(String)) COMMENT '自助流程 / self-service flow',
    `self_service_outcome` LowCardinality(Nullable(String)) COMMENT '自助结果 / self-service outcome',
    `survey_offered` UInt8 COMMENT '是否邀评 / 1 where a survey was offered',
    `survey_answered` UInt8 COMMENT '是否作答 / 1 where it was answered',
    `satisfaction` Nullable(Float64) COMMENT '满意度 0-1（按量表归一） / satisfaction on 0-1, by the bounds of its scale',
    `resolved` LowCardinality(Nullable(String)) COMMENT '客户自述是否解决 / the customer says it was solved',
    `conversation_ms` Nullable(Int64) COMMENT '对话毫秒 / first word to last word, ms',
    `agent_talk_ms` Nullable(Int64) COMMENT '坐席说话毫秒 / agent talk, ms',
    `customer_talk_ms` Nullable(Int64) COMMENT '客户说话毫秒 / customer talk, ms',
    `overlap_ms` Nullable(Int64) COMMENT '重叠毫秒 / overlap, ms',
    `silence_ms` Nullable(Int64) COMMENT '超过 3 秒的静默合计毫秒 / silences over 3 s, ms',
    `longest_silence_ms` Nullable(Int64) COMMENT '最长静默毫秒 / longest silence, ms',
    `agent_interruption_count` Nullable(Int32) COMMENT '坐席抢话次数 / interruptions by the agent',
    `customer_interruption_count` Nullable(Int32) COMMENT '客户抢话次数 / interruptions by the customer',
    `agent_cpm` Nullable(Float64) COMMENT '坐席每分钟字数 / agent Han characters per minute',
    `agent_wpm` Nullable(Float64) COMMENT '坐席每分钟词数 / agent words per minute',
    `first_reply_ms` Nullable(Int64) COMMENT '首次回复毫秒 / first reply, ms',
    `average_reply_ms` Nullable(Int64) COMMENT '平均回复毫秒 / average reply, ms',
    `transcript_id` Nullable(String) COMMENT '转写编号 / transcript id',
    `ruleset_id` LowCardinality(Nullable(String)) COMMENT '规则集 / rule set',
    `ruleset_hash` LowCardinality(Nullable(String)) COMMENT '规则集散列 / hash of the rule set',
    `scorecard_id` LowCardinality(Nullable(String)) COMMENT '评分卡 / scorecard',
    `activation_seq` Nullable(Int64) COMMENT '启用序号 / activation of the rules',
    `result_id` Nullable(String) COMMENT '交互结果编号 / result id of the interaction',
    `content_digest` Nullable(String) COMMENT '内容摘要 / digest of what a reader sees',
    `decided_at` Nullable(DateTime64(3, 'UTC')) COMMENT '判定时间 / decided',
    `source_topic` LowCardinality(String) COMMENT 'Kafka 主题 / topic of the completed event',
    `source_partition` Int32 COMMENT '分区 / partition',
    `source_offset` Int64 COMMENT '偏移量 / offset',
    `hold_ms` Nullable(Int64) COMMENT '保持毫秒：坐席段所报之和，否则为听到的保持音乐 / hold as stated by the legs, else the hold music heard, ms',
    `non_talk_ms` Nullable(Int64) COMMENT '非通话毫秒：静默加保持 / silence and hold, ms; null where it is not known when the hold was',
    `dead_air_count` Nullable(Int32) COMMENT '未告知的 5 秒以上静默次数 / silences over 5 s that nobody announced',
    `dead_air_ms` Nullable(Int64) COMMENT '未告知的 5 秒以上静默毫秒 / their sum, ms',
    `announced_wait_ms` Nullable(Int64) COMMENT '已告知的 5 秒以上等待毫秒 / silences over 5 s that the agent announced, ms',
    `agent_talk_over_ms` Nullable(Int64) COMMENT '坐席抢话重叠毫秒 / overlap of the interruptions by the agent, ms',
    `customer_talk_over_ms` Nullable(Int64) COMMENT '客户抢话重叠毫秒 / overlap of the interruptions by the customer, ms',
    `agent_response_ms` Nullable(Int64) COMMENT '坐席应答平均间隔毫秒 / mean pause before the agent answers, ms',
    `agent_longest_response_ms` Nullable(Int64) COMMENT '坐席应答最长间隔毫秒 / longest pause before the agent answers, ms',
    `customer_response_ms` Nullable(Int64) COMMENT '客户应答平均间隔毫秒 / mean pause before the customer answers, ms',
    `agent_loudness_dbfs` Nullable(Float64) COMMENT '坐席音量中位数 dBFS / median level of the agent, dBFS',
    `customer_loudness_dbfs` Nullable(Float64) COMMENT '客户音量中位数 dBFS / median level of the customer, dBFS',
    `agent_raised_voice_count` Nullable(Int32) COMMENT '坐席提高嗓门次数：高于自身中位 6 dB 满 3 秒 / raised voice: 3 s or more, 6 dB above the own median',
    `agent_raised_voice_ms` Nullable(Int64) COMMENT '坐席提高嗓门毫秒 / length of it, ms',
    `customer_raised_voice_count` Nullable(Int32) COMMENT '客户提高嗓门次数 / raised voice of the customer',
    `customer_raised_voice_ms` Nullable(Int64) COMMENT '客户提高嗓门毫秒 / length of it, ms',
    `word_probability` Nullable(Float64) COMMENT '识别词平均概率 / mean probability of the recognised words',
    `wordless_speech_ms` Nullable(Int64) COMMENT '满 1 秒而无词的语音毫秒 / speech of a second or more without a word, ms',
    `doubted` Nullable(UInt8) COMMENT '是否整通存疑 / 1 where the whole transcript is in doubt',
    `agent_turn_count` Nullable(Int32) COMMENT '坐席话轮数 / turns of the agent',
    `agent_talk_share` Nullable(Float64) COMMENT '坐席说话占双方说话的比例 / agent talk as a share of the talk of both',
    `agent_overtalk_share` Nullable(Float64) COMMENT '坐席抢话次数占其话轮的比例 / interruptions as a share of the turns of the agent'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '交互宽表：每次交互一行，取当前结果 / one row an interaction, with the result that counts now'
AS SELECT
    i.tenant_id AS tenant_id,
    i.interaction_id AS interaction_id,
    i.record_version AS record_version,
    i.business_date AS business_date,
    i.channel AS channel,
    i.entry_point AS entry_point,
    i.direction AS direction,
    i.started_at AS started_at,
    i.answered_at AS answered_at,
    i.ended_at AS ended_at,
    toUnixTimestamp64Milli(i.ended_at) - toUnixTimestamp64Milli(i.started_at) AS duration_ms,
    i.language AS language,
    i.disposition AS disposition,
    i.disconnect_party AS disconnect_party,
    i.queue_id AS queue_id,
    i.queue_name AS queue_name,
    i.queue_wait_ms AS queue_wait_ms,
    i.transfer_count AS transfer_count,
    i.leg_count AS leg_count,
    g.agent_id AS first_agent_id,
    i.customer_region AS customer_region,
    i.customer_segment AS customer_segment,
    i.business_line AS business_line,
    i.case_id AS case_id,
    i.campaign_id AS campaign_id,
    i.journey_id AS journey_id,
    r.status AS status,
    r.exclusion AS exclusion,
    r.score AS score,
    s.red_line AS red_line,
    r.review_pending AS review_pending,
    ifNull(f.faults, 0) AS fault_count,
    ifNull(f.credits, 0) AS credit_count,
    ifNull(f.signals, 0) AS signal_count,
    ifNull(f.uncertain, 0) AS uncertain_count,
    ifNull(a.alerts, 0) AS alert_count,
    c.level1 AS reason_level1,
    c.level2 AS reason_level2,
    i.source_contact_reason AS source_contact_reason,
    m.overall AS customer_sentiment,
    m.shift AS customer_sentiment_shift,
    i.self_service_flow_id AS self_service_flow_id,
    i.self_service_outcome AS self_service_outcome,
    isNotNull(v.interaction_id) AS survey_offered,
    isNotNull(v.answered_at) AS survey_answered,
    (v.score - v.scale_min) / nullIf(v.scale_max - v.scale_min, 0) AS satisfaction,
    v.resolved AS resolved,
    t.conversation_ms AS conversation_ms,
    t.agent_talk_ms AS agent_talk_ms,
    t.customer_talk_ms AS customer_talk_ms,
    t.overlap_ms AS overlap_ms,
    t.silence_ms AS silence_ms,
    t.longest_silence_ms AS longest_silence_ms,
    t.agent_interruption_count AS agent_interruption_count,
    t.customer_interruption_count AS customer_interruption_count,
    t.agent_cpm AS agent_cpm,
    t.agent_wpm AS agent_wpm,
    t.first_reply_ms AS first_reply_ms,
    t.average_reply_ms AS average_reply_ms,
    r.transcript_id AS transcript_id,
    r.ruleset_id AS ruleset_id,
    r.ruleset_hash AS ruleset_hash,
    b.scorecard_id AS scorecard_id,
    b.activation_seq AS activation_seq,
    b.result_id AS result_id,
    r.content_digest AS content_digest,
    b.decided_at AS decided_at,
    i.source_topic AS source_topic,
    i.source_partition AS source_partition,
    i.source_offset AS source_offset,
    t.hold_ms AS hold_ms,
    t.non_talk_ms AS non_talk_ms,
    t.dead_air_count AS dead_air_count,
    t.dead_air_ms AS dead_air_ms,
    t.announced_wait_ms AS announced_wait_ms,
    t.agent_talk_over_ms AS agent_talk_over_ms,
    t.customer_talk_over_ms AS customer_talk_over_ms,
    t.agent_response_ms AS agent_response_ms,
    t.agent_longest_response_ms AS agent_longest_response_ms,
    t.customer_response_ms AS customer_response_ms,
    t.agent_loudness_dbfs AS agent_loudness_dbfs,
    t.customer_loudness_dbfs AS customer_loudness_dbfs,
    t.agent_raised_voice_count AS agent_raised_voice_count,
    t.agent_raised_voice_ms AS agent_raised_voice_ms,
    t.customer_raised_voice_count AS customer_raised_voice_count,
    t.customer_raised_voice_ms AS customer_raised_voice_ms,
    t.word_probability AS word_probability,
    t.wordless_speech_ms AS wordless_speech_ms,
    notEmpty(t.doubts) AS doubted,
    t.agent_turn_count AS agent_turn_count,
    t.agent_talk_ms / nullIf(t.agent_talk_ms + t.customer_talk_ms, 0) AS agent_talk_share,
    t.agent_interruption_count / nullIf(t.agent_turn_count, 0) AS agent_overtalk_share
FROM qa.interaction AS i
FINAL
LEFT JOIN qa.base_result AS b ON (b.tenant_id = i.tenant_id) AND (b.interaction_id = i.interaction_id)
LEFT JOIN qa.result AS r
FINAL ON (r.tenant_id = b.tenant_id) AND (r.interaction_id = b.interaction_id) AND (r.result_id = b.result_id)
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        max(red_line) AS red_line
    FROM qa_bi.v_score
    GROUP BY
        tenant_id,
        interaction_id
) AS s ON (s.tenant_id = i.tenant_id) AND (s.interaction_id = i.interaction_id)
LEFT JOIN
(
    SELECT *
    FROM qa.agent_leg
    FINAL
    WHERE leg = 0
) AS g ON (g.tenant_id = i.tenant_id) AND (g.interaction_id = i.interaction_id) AND (g.record_version = i.record_version)
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        result_id,
        countIf((kind = 'FAULT') AND (verdict = 'HIT')) AS faults,
        countIf((kind = 'CREDIT') AND (verdict = 'HIT')) AS credits,
        countIf((kind = 'SIGNAL') AND (verdict = 'HIT')) AS signals,
        countIf(verdict = 'UNCERTAIN') AS uncertain
    FROM qa.finding
    FINAL
    GROUP BY
        tenant_id,
        interaction_id,
        result_id
) AS f ON (f.tenant_id = b.tenant_id) AND (f.interaction_id = b.interaction_id) AND (f.result_id = b.result_id)
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        result_id,
        toString(argMin(level1, n)) AS level1,
        toString(argMin(level2, n)) AS level2
    FROM qa.contact_reason
    FINAL
    WHERE is_primary = 1
    GROUP BY
        tenant_id,
        interaction_id,
        result_id
) AS c ON (c.tenant_id = b.tenant_id) AND (c.interaction_id = b.interaction_id) AND (c.result_id = b.result_id)
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        result_id,
        argMin(overall, n) AS overall,
        argMin(shift, n) AS shift
    FROM qa.sentiment
    FINAL
    WHERE party = 'CUSTOMER'
    GROUP BY
        tenant_id,
        interaction_id,
        result_id
) AS m ON (m.tenant_id = b.tenant_id) AND (m.interaction_id = b.interaction_id) AND (m.result_id = b.result_id)
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        count() AS alerts
    FROM qa.alert
    FINAL
    GROUP BY
        tenant_id,
        interaction_id
) AS a ON (a.tenant_id = i.tenant_id) AND (a.interaction_id = i.interaction_id)
LEFT JOIN qa.survey AS v
FINAL ON (v.tenant_id = i.tenant_id) AND (v.interaction_id = i.interaction_id)
LEFT JOIN qa.transcript AS t
FINAL ON (t.tenant_id = i.tenant_id) AND (t.interaction_id = i.interaction_id) AND (t.transcript_id = r.transcript_id)
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_metric_dictionary
(
    `metric` LowCardinality(String) COMMENT '指标 / metric',
    `name_zh` String COMMENT '中文名 / Chinese name',
    `numerator` String COMMENT '分子 / numerator',
    `denominator` String COMMENT '分母 / denominator',
    `convention` String COMMENT '口径 / convention',
    `view_name` LowCardinality(String) COMMENT '所在视图 / view'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '指标字典 / dictionary of metrics'
AS SELECT
    tupleElement(entry, 1) AS metric,
    tupleElement(entry, 2) AS name_zh,
    tupleElement(entry, 3) AS numerator,
    tupleElement(entry, 4) AS denominator,
    tupleElement(entry, 5) AS convention,
    tupleElement(entry, 6) AS view_name
FROM
(
    SELECT arrayJoin([('coverage_rate', '质检覆盖率', 'scored', 'received - excluded', 'unit = interaction at its highest record_version; an undecodable record is a unit of its own', 'v_coverage_daily'), ('accounted_rate', '结论率', 'scored + excluded + dead-lettered', 'received', 'scored > excluded > dead-lettered > in flight', 'v_coverage_daily'), ('score_mean', '平均分', 'sum of leg scores', 'legs with a score', 'score = 100 x earned / potential of applicable items, bonus added, capped at 100; a red line sets 0', 'v_agent'), ('red_line_rate', '红线率', 'legs with a red line', 'legs with a score', 'counted per leg, not per item', 'v_agent'), ('handle_ms_mean', '平均处理时长', 'talk + hold + after-contact work', 'legs for which talk and after-contact work are known', 'a leg whose after-contact work is null leaves both sides', 'v_agent'), ('response_rate', '参评率', 'surveys answered', 'surveys offered', 'latest answer of an interaction', 'v_satisfaction'), ('top_box_rate', '满意率', 'answers at 0.75 of the scale or more', 'answers with a value', 'normalised by the bounds of the scale: 4 of 5', 'v_satisfaction'), ('satisfaction_mean', '平均满意度', 'sum of normalised values', 'answers with a value', '0 to 1', 'v_satisfaction'), ('said_rate', '首次解决率（自述）', 'resolved = YES and no contact in the 7 days before', 'resolved in (YES, NO)', 'customer-said, never mixed with no_repeat_rate', 'v_fcr'), ('no_repeat_rate', '首次解决率（无重复）', 'no contact of the customer on any channel within 7 days', 'handled, customer known, window over', 'the last 7 days are not final', 'v_fcr'), ('contained_rate', '自助留存率', 'sessions without a human', 'self-service sessions', 'a hang-up counts as contained', 'v_self_service_daily'), ('resolved_rate', '自助解决率', 'sessions that reached a declared success', 'self-service sessions', 'an unfinished outcome is not resolved', 'v_self_service_daily'), ('truly_contained_rate', '真实留存率', 'contained, resolved or unknown, no contact within 1 day', 'sessions whose window of 1 day is over', 'any channel', 'v_self_service_daily'), ('failure_rate', '节点失败率', 'visits that failed', 'visits', 'NO_INPUT, NO_MATCH, INVALID, BACKEND_ERROR, TIMEOUT, HANGUP', 'v_self_service_node')]) AS entry
);

CREATE VIEW qa_bi.v_repeat_contact
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `disposition` LowCardinality(String) COMMENT '结束状态 / end state',
    `has_customer` UInt8 COMMENT '分母：是否有客户键 / denominator: 1 where the customer is known',
    `next_interaction_id` Nullable(String) COMMENT '下一次联系 / next contact',
    `next_channel` LowCardinality(Nullable(String)) COMMENT '下一次联系的渠道 / channel of the next contact',
    `gap_ms` Nullable(Int64) COMMENT '间隔毫秒，重叠记零 / time between, ms; 0 where they overlap',
    `same_reason` Nullable(UInt8) COMMENT '主要原因（一级）是否相同，未知为空 / 1 where the primary reason (level 1) is the same, null where unknown',
    `repeat_1d` UInt8 COMMENT '1 天内再次联系 / 1 where repeated within 1 day',
    `repeat_3d` UInt8 COMMENT '3 天内再次联系 / 1 where repeated within 3 days',
    `repeat_7d` UInt8 COMMENT '7 天内再次联系 / 1 where repeated within 7 days',
    `closed_1d` UInt8 COMMENT '1 天窗口是否已满 / 1 where the window of 1 day is over',
    `closed_3d` UInt8 COMMENT '3 天窗口是否已满 / 1 where the window of 3 days is over',
    `closed_7d` UInt8 COMMENT '7 天窗口是否已满，未满则不是最终值 / 1 where the window of 7 days is over; not final before'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '重复来电：每次交互的下一次联系 / repeat contact: the next contact after each interaction'
AS WITH
    reasons AS
    (
        SELECT
            tenant_id,
            interaction_id,
            toString(argMin(level1, n)) AS level1
        FROM qa_bi.v_contact_reason
        WHERE is_primary = 1
        GROUP BY
            tenant_id,
            interaction_id
    ),
    contacts AS
    (
        SELECT
            i.tenant_id AS tenant_id,
            i.interaction_id AS interaction_id,
            ifNull(i.customer_key, '') AS customer,
            i.started_at AS started_at,
            i.channel AS channel,
            r.level1 AS level1
        FROM qa.interaction AS i
        FINAL
        LEFT JOIN reasons AS r ON (r.tenant_id = i.tenant_id) AND (r.interaction_id = i.interaction_id)
        WHERE (customer != '') AND ((i.tenant_id, i.interaction_id, i.record_version) NOT IN (
            SELECT
                tenant_id,
                interaction_id,
                record_version
            FROM qa.interaction_link
            FINAL
            WHERE kind IN ('BOT_TO_HUMAN', 'TRANSFERRED_FROM', 'CONFERENCE')
        ))
    )
SELECT
    i.tenant_id AS tenant_id,
    i.interaction_id AS interaction_id,
    i.business_date AS business_date,
    i.channel AS channel,
    i.queue_id AS queue_id,
    i.disposition AS disposition,
    ifNull(i.customer_key, '') != '' AS has_customer,
    c.interaction_id AS next_interaction_id,
    c.channel AS next_channel,
    if(isNull(c.started_at), NULL, greatest(toInt64(0), toUnixTimestamp64Milli(c.started_at) - toUnixTimestamp64Milli(i.ended_at))) AS gap_ms,
    r.level1 = c.level1 AS same_reason,
    ifNull(gap_ms <= 86400000, 0) AS repeat_1d,
    ifNull(gap_ms <= (3 * 86400000), 0) AS repeat_3d,
    ifNull(gap_ms <= (7 * 86400000), 0) AS repeat_7d,
    (i.ended_at + toIntervalDay(1)) <= now64(3) AS closed_1d,
    (i.ended_at + toIntervalDay(3)) <= now64(3) AS closed_3d,
    (i.ended_at + toIntervalDay(7)) <= now64(3) AS closed_7d
FROM qa.interaction AS i
FINAL
LEFT JOIN reasons AS r ON (r.tenant_id = i.tenant_id) AND (r.interaction_id = i.interaction_id)
ASOF LEFT JOIN contacts AS c ON (c.tenant_id = i.tenant_id) AND (c.customer = ifNull(i.customer_key, '')) AND (c.started_at > i.started_at)
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_satisfaction
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `agent_id` Nullable(String) COMMENT '末位坐席，评价归其 / last agent, to whom the answer is credited',
    `interaction_count` UInt64 COMMENT '交互数 / interactions',
    `offered_count` UInt64 COMMENT '参评率分母：邀评数 / response rate, denominator: offered',
    `answered_count` UInt64 COMMENT '参评率分子：作答数 / response rate, numerator: answered',
    `response_rate` Nullable(Float64) COMMENT '参评率 / response rate',
    `top_box_count` UInt64 COMMENT '满意率分子：归一后不低于 0.75（五分制 4 分及以上） / top box, numerator: 0.75 or more of the scale (4 of 5)',
    `scored_count` UInt64 COMMENT '满意率与平均满意度分母：有分值的作答 / top box and mean, denominator: answers with a value',
    `top_box_rate` Nullable(Float64) COMMENT '满意率 / top-box rate',
    `satisfaction_sum` Nullable(Float64) COMMENT '平均满意度分子：归一分之和 / mean, numerator: sum of normalised values',
    `satisfaction_mean` Nullable(Float64) COMMENT '平均满意度 0-1 / mean satisfaction on 0-1',
    `resolved_count` UInt64 COMMENT '自述解决率分子 / says solved, numerator',
    `resolved_denominator` UInt64 COMMENT '自述解决率分母：回答了是否解决 / says solved, denominator',
    `resolved_rate` Nullable(Float64) COMMENT '自述解决率 / share that says solved'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '满意度与参评率 / satisfaction and response rate'
AS SELECT
    i.tenant_id AS tenant_id,
    i.business_date AS business_date,
    i.channel AS channel,
    i.queue_id AS queue_id,
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
FROM qa.interaction AS i
FINAL
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        answered_at,
        resolved,
        (score - scale_min) / nullIf(scale_max - scale_min, 0) AS normal
    FROM qa.survey
    FINAL
) AS v ON (v.tenant_id = i.tenant_id) AND (v.interaction_id = i.interaction_id)
LEFT JOIN qa.agent_leg AS g
FINAL ON (g.tenant_id = i.tenant_id) AND (g.interaction_id = i.interaction_id) AND (g.record_version = i.record_version) AND (g.leg = (toInt16(i.leg_count) - 1))
GROUP BY
    tenant_id,
    business_date,
    channel,
    queue_id,
    agent_id
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_score
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `ended_at` DateTime64(3, 'UTC') COMMENT '结束时间 / ended',
    `agent_id` String COMMENT '工号 / agent',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team',
    `site_id` LowCardinality(Nullable(String)) COMMENT '职场 / site',
    `work_location` LowCardinality(Nullable(String)) COMMENT '职场或居家 / at the site or at home',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `score` Nullable(Float64) COMMENT '得分 0-100 / score 0-100',
    `score_before_red_line` Nullable(Float64) COMMENT '红线清零前得分 / score before a red line',
    `earned` Float64 COMMENT '得分分子：得到的权重 / numerator: weight earned',
    `potential` Float64 COMMENT '得分分母：适用项总权重 / denominator: weight of applicable items',
    `bonus` Float64 COMMENT '加分 / bonus',
    `red_line` UInt8 COMMENT '是否触红线 / 1 where a red line was crossed',
    `review_pending` UInt8 COMMENT '是否待复核 / 1 where a review is pending',
    `full_service` UInt8 COMMENT '是否适用完整流程项 / 1 where items of the full service flow apply',
    `scorecard_id` LowCardinality(String) COMMENT '评分卡 / scorecard',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `activation_seq` Int64 COMMENT '启用序号 / activation of the rules',
    `result_id` String COMMENT '坐席段结果编号 / result id of the leg',
    `interaction_result_id` String COMMENT '交互结果编号 / result id of the interaction',
    `content_digest` String COMMENT '内容摘要 / digest of what a reader sees',
    `decided_at` DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '坐席段得分（当前有效） / score of each agent leg as it counts now'
AS SELECT
    b.tenant_id AS tenant_id,
    b.interaction_id AS interaction_id,
    a.leg AS leg,
    i.business_date AS business_date,
    i.channel AS channel,
    i.ended_at AS ended_at,
    s.agent_id AS agent_id,
    g.team_id AS team_id,
    g.site_id AS site_id,
    g.work_location AS work_location,
    ifNull(g.queue_id, i.queue_id) AS queue_id,
    s.score AS score,
    s.score_before_red_line AS score_before_red_line,
    s.earned AS earned,
    s.potential AS potential,
    s.bonus AS bonus,
    s.red_line AS red_line,
    s.review_pending AS review_pending,
    s.full_service AS full_service,
    b.scorecard_id AS scorecard_id,
    b.record_version AS record_version,
    b.activation_seq AS activation_seq,
    a.result_id AS result_id,
    a.interaction_result_id AS interaction_result_id,
    s.content_digest AS content_digest,
    a.decided_at AS decided_at
FROM qa.base_result AS b
INNER JOIN qa.result_assignment AS a
FINAL ON (a.tenant_id = b.tenant_id) AND (a.interaction_id = b.interaction_id) AND (a.scorecard_id = b.scorecard_id) AND (a.record_version = b.record_version) AND (a.activation_seq = b.activation_seq)
INNER JOIN qa.leg_score AS s
FINAL ON (s.tenant_id = a.tenant_id) AND (s.interaction_id = a.interaction_id) AND (s.result_id = a.result_id)
INNER JOIN qa.interaction AS i
FINAL ON (i.tenant_id = b.tenant_id) AND (i.interaction_id = b.interaction_id)
LEFT JOIN qa.agent_leg AS g
FINAL ON (g.tenant_id = b.tenant_id) AND (g.interaction_id = b.interaction_id) AND (g.record_version = b.record_version) AND (g.leg = a.leg)
WHERE a.leg >= 0
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_score_as_known
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `agent_id` String COMMENT '工号 / agent',
    `score` Nullable(Float64) COMMENT '得分 0-100 / score 0-100',
    `score_before_red_line` Nullable(Float64) COMMENT '红线清零前得分 / score before a red line',
    `earned` Float64 COMMENT '得分分子：得到的权重 / numerator: weight earned',
    `potential` Float64 COMMENT '得分分母：适用项总权重 / denominator: weight of applicable items',
    `bonus` Float64 COMMENT '加分 / bonus',
    `red_line` UInt8 COMMENT '是否触红线 / 1 where a red line was crossed',
    `review_pending` UInt8 COMMENT '是否待复核 / 1 where a review is pending',
    `scorecard_id` LowCardinality(String) COMMENT '评分卡 / scorecard',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `activation_seq` Int64 COMMENT '启用序号 / activation of the rules',
    `result_id` String COMMENT '坐席段结果编号 / result id of the leg',
    `interaction_result_id` String COMMENT '交互结果编号 / result id of the interaction',
    `content_digest` String COMMENT '内容摘要 / digest of what a reader sees',
    `decided_at` DateTime64(3, 'UTC') COMMENT '判定时间 / decided'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '某时刻所知的坐席段得分 / score of each agent leg as it was known at as_of'
AS SELECT
    b.tenant_id AS tenant_id,
    b.interaction_id AS interaction_id,
    a.leg AS leg,
    s.agent_id AS agent_id,
    s.score AS score,
    s.score_before_red_line AS score_before_red_line,
    s.earned AS earned,
    s.potential AS potential,
    s.bonus AS bonus,
    s.red_line AS red_line,
    s.review_pending AS review_pending,
    b.scorecard_id AS scorecard_id,
    b.record_version AS record_version,
    b.activation_seq AS activation_seq,
    a.result_id AS result_id,
    a.interaction_result_id AS interaction_result_id,
    s.content_digest AS content_digest,
    a.decided_at AS decided_at
FROM `qa.base_result_as_known`(as_of = {as_of:DateTime64(3, 'UTC')}) AS b
INNER JOIN qa.result_assignment AS a
FINAL ON (a.tenant_id = b.tenant_id) AND (a.interaction_id = b.interaction_id) AND (a.scorecard_id = b.scorecard_id) AND (a.record_version = b.record_version) AND (a.activation_seq = b.activation_seq)
INNER JOIN qa.leg_score AS s
FINAL ON (s.tenant_id = a.tenant_id) AND (s.interaction_id = a.interaction_id) AND (s.result_id = a.result_id)
WHERE a.leg >= 0;

CREATE VIEW qa_bi.v_score_item
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `n` UInt16 COMMENT '评分项序号 / row number of the item',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `agent_id` String COMMENT '工号 / agent',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `scorecard_id` LowCardinality(String) COMMENT '评分卡 / scorecard',
    `item_id` LowCardinality(String) COMMENT '评分项 / item',
    `item_name` LowCardinality(String) COMMENT '评分项名称 / name of the item',
    `section` LowCardinality(String) COMMENT '章节 / section',
    `answer` LowCardinality(String) COMMENT '回答 / answer',
    `applicable` UInt8 COMMENT '分母：是否计入（通过或不通过） / denominator: 1 where it counts (PASS or FAIL)',
    `passed` UInt8 COMMENT '分子：是否通过 / numerator: 1 where passed',
    `weight` Float64 COMMENT '权重 / weight',
    `earned` Float64 COMMENT '得到的权重 / weight earned',
    `in_doubt` Float64 COMMENT '存疑权重，分子分母均不计 / weight in doubt, in neither sum',
    `red_line` UInt8 COMMENT '是否红线项 / 1 for a red-line item',
    `reason` String COMMENT '理由 / why',
    `findings` Array(UInt32) COMMENT '依据的发现序号 / n of the findings behind it',
    `result_id` String COMMENT '坐席段结果编号 / result id of the leg',
    `interaction_result_id` String COMMENT '交互结果编号 / result id of the interaction'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '评分项（当前有效） / items of each score as it counts now'
AS SELECT
    s.tenant_id AS tenant_id,
    s.interaction_id AS interaction_id,
    s.leg AS leg,
    t.n AS n,
    s.business_date AS business_date,
    s.channel AS channel,
    s.agent_id AS agent_id,
    s.team_id AS team_id,
    s.queue_id AS queue_id,
    s.scorecard_id AS scorecard_id,
    t.item_id AS item_id,
    t.item_name AS item_name,
    t.section AS section,
    t.answer AS answer,
    t.answer IN ('PASS', 'FAIL') AS applicable,
    t.answer = 'PASS' AS passed,
    t.weight AS weight,
    t.earned AS earned,
    t.in_doubt AS in_doubt,
    t.red_line AS red_line,
    t.reason AS reason,
    t.findings AS findings,
    s.result_id AS result_id,
    s.interaction_result_id AS interaction_result_id
FROM qa_bi.v_score AS s
INNER JOIN qa.score_item AS t
FINAL ON (t.tenant_id = s.tenant_id) AND (t.interaction_id = s.interaction_id) AND (t.result_id = s.result_id);

CREATE VIEW qa_bi.v_self_service
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '结束渠道 / channel on which it ended',
    `entry_point` LowCardinality(Nullable(String)) COMMENT '入口 / entry point',
    `flow_id` LowCardinality(String) COMMENT '自助流程 / flow',
    `flow_version` LowCardinality(Nullable(String)) COMMENT '流程版本 / flow version',
    `task` LowCardinality(Nullable(String)) COMMENT '自助任务 / task',
    `outcome` LowCardinality(String) COMMENT '自助结果 / outcome',
    `outcome_source` LowCardinality(String) COMMENT '结果来源 / who says so',
    `transfer_reason` LowCardinality(Nullable(String)) COMMENT '转人工原因 / why it went to a human',
    `step_count` UInt32 COMMENT '步骤数 / steps',
    `failed_step_count` UInt64 COMMENT '失败步骤数 / steps that failed',
    `failing_node_id` LowCardinality(Nullable(String)) COMMENT '最后失败的节点，已解决为空 / last node that failed, null where resolved',
    `failing_node_name` LowCardinality(Nullable(String)) COMMENT '失败节点名称 / name of that node',
    `failing_result` LowCardinality(Nullable(String)) COMMENT '失败节点结果 / result of that node',
    `last_node_id` LowCardinality(Nullable(String)) COMMENT '最后到达的节点 / last node reached',
    `contained` UInt8 COMMENT '是否未转人工 / 1 where no human took part',
    `resolved` UInt8 COMMENT '是否到达成功节点 / 1 where a declared success was reached',
    `abandoned` UInt8 COMMENT '是否中途放弃 / 1 where abandoned',
    `repeat_1d` UInt8 COMMENT '1 天内再次联系 / 1 where the customer came back within 1 day',
    `closed_1d` UInt8 COMMENT '1 天窗口是否已满 / 1 where the window of 1 day is over',
    `truly_contained` UInt8 COMMENT '真实留存：未转人工、已解决或未知、1 天内未再联系 / contained, resolved or unknown, and no contact within 1 day'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '自助会话：结果与失败节点 / self-service session with its outcome and failing node'
AS SELECT
    i.tenant_id AS tenant_id,
    i.interaction_id AS interaction_id,
    i.business_date AS business_date,
    i.channel AS channel,
    i.entry_point AS entry_point,
    assumeNotNull(i.self_service_flow_id) AS flow_id,
    i.self_service_flow_version AS flow_version,
    i.self_service_task AS task,
    ifNull(i.self_service_outcome, 'UNKNOWN') AS outcome,
    ifNull(i.self_service_outcome_source, 'UNKNOWN') AS outcome_source,
    i.self_service_transfer_reason AS transfer_reason,
    i.step_count AS step_count,
    ifNull(f.failures, 0) AS failed_step_count,
    if(resolved, NULL, f.failing_node) AS failing_node_id,
    if(resolved, NULL, f.failing_name) AS failing_node_name,
    if(resolved, NULL, f.failing_result) AS failing_result,
    f.last_node AS last_node_id,
    (i.leg_count = 0) AND (outcome != 'TRANSFERRED') AS contained,
    outcome = 'RESOLVED' AS resolved,
    outcome = 'ABANDONED' AS abandoned,
    ifNull(p.repeat_1d, 0) AS repeat_1d,
    ifNull(p.closed_1d, 0) AS closed_1d,
    contained AND (outcome IN ('RESOLVED', 'UNKNOWN')) AND (NOT repeat_1d) AS truly_contained
FROM qa.interaction AS i
FINAL
LEFT JOIN
(
    SELECT
        s.tenant_id AS tenant_id,
        s.interaction_id AS interaction_id,
        s.record_version AS record_version,
        countIf(failed) AS failures,
        if(failures = 0, NULL, toString(argMaxIf(s.node_id, s.n, failed))) AS failing_node,
        if(failures = 0, NULL, toString(argMaxIf(ifNull(s.node_name, ''), s.n, failed))) AS failing_name,
        if(failures = 0, NULL, toString(argMaxIf(s.result, s.n, failed))) AS failing_result,
        toString(argMax(s.node_id, s.n)) AS last_node
    FROM
    (
        SELECT
            *,
            result IN ('NO_INPUT', 'NO_MATCH', 'INVALID', 'BACKEND_ERROR', 'TIMEOUT', 'HANGUP') AS failed
        FROM qa.self_service_step
        FINAL
    ) AS s
    INNER JOIN qa.interaction AS o
    FINAL ON (o.tenant_id = s.tenant_id) AND (o.interaction_id = s.interaction_id) AND (o.record_version = s.record_version)
    WHERE s.n < o.step_count
    GROUP BY
        tenant_id,
        interaction_id,
        record_version
) AS f ON (f.tenant_id = i.tenant_id) AND (f.interaction_id = i.interaction_id) AND (f.record_version = i.record_version)
LEFT JOIN qa_bi.v_repeat_contact AS p ON (p.tenant_id = i.tenant_id) AND (p.interaction_id = i.interaction_id)
WHERE isNotNull(i.self_service_flow_id)
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_self_service_daily
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `entry_point` LowCardinality(Nullable(String)) COMMENT '入口 / entry point',
    `flow_id` LowCardinality(String) COMMENT '自助流程 / flow',
    `task` LowCardinality(Nullable(String)) COMMENT '自助任务 / task',
    `session_count` UInt64 COMMENT '会话数，各率分母 / sessions, denominator of the rates',
    `contained_count` UInt64 COMMENT '留存率分子：未转人工 / containment, numerator',
    `contained_rate` Nullable(Float64) COMMENT '留存率（挂机也算留存） / containment; a hang-up counts as contained',
    `resolved_count` UInt64 COMMENT '解决率分子：到达成功节点 / resolution, numerator',
    `resolved_rate` Nullable(Float64) COMMENT '解决率 / resolution',
    `abandoned_count` UInt64 COMMENT '放弃数 / abandoned',
    `transferred_count` UInt64 COMMENT '转人工数 / went to a human',
    `truly_contained_numerator` UInt64 COMMENT '真实留存率分子 / true containment, numerator',
    `truly_contained_denominator` UInt64 COMMENT '真实留存率分母：1 天窗口已满的会话 / true containment, denominator: sessions whose window of 1 day is over',
    `truly_contained_rate` Nullable(Float64) COMMENT '真实留存率 / true containment'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '自助服务：每日、流程、任务 / self-service by day, flow and task'
AS SELECT
    tenant_id,
    business_date,
    entry_point,
    flow_id,
    task,
    count() AS session_count,
    countIf(contained) AS contained_count,
    contained_count / nullIf(session_count, 0) AS contained_rate,
    countIf(resolved) AS resolved_count,
    resolved_count / nullIf(session_count, 0) AS resolved_rate,
    countIf(abandoned) AS abandoned_count,
    countIf(NOT contained) AS transferred_count,
    countIf(truly_contained AND closed_1d) AS truly_contained_numerator,
    countIf(closed_1d) AS truly_contained_denominator,
    truly_contained_numerator / nullIf(truly_contained_denominator, 0) AS truly_contained_rate
FROM qa_bi.v_self_service
GROUP BY
    tenant_id,
    business_date,
    entry_point,
    flow_id,
    task;

CREATE VIEW qa_bi.v_self_service_node
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `flow_id` LowCardinality(String) COMMENT '自助流程 / flow',
    `flow_version` LowCardinality(Nullable(String)) COMMENT '流程版本 / flow version',
    `node_id` LowCardinality(String) COMMENT '节点 / node',
    `node_name` LowCardinality(Nullable(String)) COMMENT '节点名称 / node name',
    `session_count` UInt64 COMMENT '到达该节点的会话数 / sessions that reached the node',
    `visit_count` UInt64 COMMENT '失败率分母：到达次数 / failure rate, denominator: visits',
    `failure_count` UInt64 COMMENT '失败率分子：失败次数 / failure rate, numerator: visits that failed',
    `failure_rate` Nullable(Float64) COMMENT '节点失败率 / failure rate of the node',
    `ended_here_count` UInt64 COMMENT '在此结束的会话数 / sessions that ended here',
    `dwell_ms_sum` Nullable(Int64) COMMENT '停留毫秒之和 / time spent, ms',
    `dwell_count` UInt64 COMMENT '有停留时间的次数 / visits with a time spent'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '自助节点：到达与失败 / nodes of self-service: visits and failures'
AS SELECT
    i.tenant_id AS tenant_id,
    i.business_date AS business_date,
    assumeNotNull(i.self_service_flow_id) AS flow_id,
    i.self_service_flow_version AS flow_version,
    s.node_id AS node_id,
    any(s.node_name) AS node_name,
    uniqExact(i.interaction_id) AS session_count,
    count() AS visit_count,
    countIf(s.result IN ('NO_INPUT', 'NO_MATCH', 'INVALID', 'BACKEND_ERROR', 'TIMEOUT', 'HANGUP')) AS failure_count,
    failure_count / nullIf(visit_count, 0) AS failure_rate,
    countIf(s.n = (i.step_count - 1)) AS ended_here_count,
    sum(toUnixTimestamp64Milli(s.left_at) - toUnixTimestamp64Milli(s.entered_at)) AS dwell_ms_sum,
    countIf(isNotNull(s.left_at) AND isNotNull(s.entered_at)) AS dwell_count
FROM qa.interaction AS i
FINAL
INNER JOIN qa.self_service_step AS s
FINAL ON (s.tenant_id = i.tenant_id) AND (s.interaction_id = i.interaction_id) AND (s.record_version = i.record_version)
WHERE (s.n < i.step_count) AND isNotNull(i.self_service_flow_id)
GROUP BY
    tenant_id,
    business_date,
    flow_id,
    flow_version,
    node_id;

CREATE VIEW qa_bi.v_site
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `reason_level1` LowCardinality(Nullable(String)) COMMENT '主要原因（一级） / primary reason, level 1',
    `site_id` LowCardinality(Nullable(String)) COMMENT '职场 / site',
    `work_location` LowCardinality(String) COMMENT '职场或居家，UNKNOWN 单列 / at the site or at home, UNKNOWN apart',
    `agent_count` UInt64 COMMENT '坐席人数 / agents',
    `handled_count` UInt64 COMMENT '服务的坐席段数 / legs handled',
    `score_sum` Nullable(Float64) COMMENT '平均分分子：得分之和 / mean score, numerator: sum of scores',
    `score_square_sum` Nullable(Float64) COMMENT '得分平方和，用于置信区间 / sum of squared scores, for the interval',
    `scored_count` UInt64 COMMENT '平均分分母：有得分的坐席段数 / mean score, denominator: legs with a score',
    `score_mean` Nullable(Float64) COMMENT '平均分 / mean score',
    `score_margin` Nullable(Float64) COMMENT '95% 置信半径（正态近似），少于 2 条为空 / half width of the 95 % interval (normal), null below 2 legs',
    `red_line_count` UInt64 COMMENT '红线率分子 / red-line rate, numerator',
    `red_line_denominator` UInt64 COMMENT '红线率分母 / red-line rate, denominator',
    `red_line_rate` Nullable(Float64) COMMENT '红线率 / red-line rate',
    `handle_ms_sum` Nullable(Int64) COMMENT '平均处理时长分子 / handling time, numerator, ms',
    `handle_denominator` UInt64 COMMENT '平均处理时长分母 / handling time, denominator',
    `handle_ms_mean` Nullable(Float64) COMMENT '平均处理毫秒 / mean handling time, ms'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '职场与居家对比，按队列与原因分层 / site and home, by queue and reason'
AS SELECT
    l.tenant_id AS tenant_id,
    l.business_date AS business_date,
    l.channel AS channel,
    l.queue_id AS queue_id,
    c.level1 AS reason_level1,
    l.site_id AS site_id,
    l.work_location AS work_location,
    uniqExact(l.agent_id) AS agent_count,
    count() AS handled_count,
    sum(l.score) AS score_sum,
    sum(l.score * l.score) AS score_square_sum,
    countIf(isNotNull(l.score)) AS scored_count,
    score_sum / nullIf(scored_count, 0) AS score_mean,
    if(scored_count < 2, NULL, (1.96 * stddevSamp(l.score)) / sqrt(scored_count)) AS score_margin,
    countIf(l.red_line = 1) AS red_line_count,
    countIf(isNotNull(l.score)) AS red_line_denominator,
    red_line_count / nullIf(red_line_denominator, 0) AS red_line_rate,
    sum(l.handle_ms) AS handle_ms_sum,
    countIf(isNotNull(l.handle_ms)) AS handle_denominator,
    handle_ms_sum / nullIf(handle_denominator, 0) AS handle_ms_mean
FROM qa_bi.v_agent_leg AS l
LEFT JOIN
(
    SELECT
        tenant_id,
        interaction_id,
        toString(argMin(level1, n)) AS level1
    FROM qa_bi.v_contact_reason
    WHERE is_primary = 1
    GROUP BY
        tenant_id,
        interaction_id
) AS c ON (c.tenant_id = l.tenant_id) AND (c.interaction_id = l.interaction_id)
GROUP BY
    tenant_id,
    business_date,
    channel,
    queue_id,
    reason_level1,
    site_id,
    work_location
SETTINGS join_use_nulls = 1;

CREATE VIEW qa_bi.v_stage
(
    `stage` LowCardinality(String) COMMENT '阶段 / stage',
    `reason` LowCardinality(String) COMMENT '死信原因，正常为空串 / reason of the dead letter, empty where done',
    `done_count` UInt64 COMMENT '完成数 / done',
    `dead_lettered_count` UInt64 COMMENT '死信数 / dead-lettered'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '各阶段完成数与死信数 / done and dead-lettered by stage'
AS SELECT
    'intake' AS stage,
    '' AS reason,
    count() AS done_count,
    toUInt64(0) AS dead_lettered_count
FROM qa.unit
UNION ALL
SELECT
    if(model_sha256 = '', 'normalization', 'transcription') AS place,
    '',
    uniqExact(tenant_id, interaction_id),
    toUInt64(0)
FROM qa.transcript
FINAL
GROUP BY place
UNION ALL
SELECT
    'scoring',
    '',
    count(),
    toUInt64(0)
FROM qa.base_result
UNION ALL
SELECT
    stage,
    reason,
    toUInt64(0),
    count()
FROM qa.dead_letter
FINAL
GROUP BY
    stage,
    reason;

CREATE VIEW qa_bi.v_team
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `business_date` Date32 COMMENT '业务日期 / business day',
    `channel` LowCardinality(String) COMMENT '渠道 / channel',
    `queue_id` LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    `team_id` LowCardinality(Nullable(String)) COMMENT '班组 / team',
    `agent_count` UInt64 COMMENT '坐席人数 / agents',
    `handled_count` UInt64 COMMENT '服务的坐席段数 / legs handled',
    `score_sum` Nullable(Float64) COMMENT '平均分分子：得分之和 / mean score, numerator: sum of scores',
    `scored_count` UInt64 COMMENT '平均分分母：有得分的坐席段数 / mean score, denominator: legs with a score',
    `score_mean` Nullable(Float64) COMMENT '平均分 / mean score',
    `red_line_count` UInt64 COMMENT '红线率分子：触红线的坐席段数 / red-line rate, numerator',
    `red_line_denominator` UInt64 COMMENT '红线率分母：有得分的坐席段数 / red-line rate, denominator: legs with a score',
    `red_line_rate` Nullable(Float64) COMMENT '红线率 / red-line rate',
    `fault_count` UInt64 COMMENT '差错命中数 / faults hit',
    `credit_count` UInt64 COMMENT '加分命中数 / credits hit',
    `handle_ms_sum` Nullable(Int64) COMMENT '平均处理时长分子 / handling time, numerator, ms',
    `handle_denominator` UInt64 COMMENT '平均处理时长分母 / handling time, denominator',
    `handle_ms_mean` Nullable(Float64) COMMENT '平均处理毫秒 / mean handling time, ms'
)
DEFINER = default SQL SECURITY DEFINER
COMMENT '班组：每日、渠道、队列 / team by day, channel and queue'
AS SELECT
    tenant_id,
    business_date,
    channel,
    queue_id,
    team_id,
    uniqExact(agent_id) AS agent_count,
    sum(a.handled_count) AS handled_count,
    sum(a.score_sum) AS score_sum,
    sum(a.scored_count) AS scored_count,
    score_sum / nullIf(scored_count, 0) AS score_mean,
    sum(a.red_line_count) AS red_line_count,
    sum(a.red_line_denominator) AS red_line_denominator,
    red_line_count / nullIf(red_line_denominator, 0) AS red_line_rate,
    sum(a.fault_count) AS fault_count,
    sum(a.credit_count) AS credit_count,
    sum(a.handle_ms_sum) AS handle_ms_sum,
    sum(a.handle_denominator) AS handle_denominator,
    handle_ms_sum / nullIf(handle_denominator, 0) AS handle_ms_mean
FROM qa_bi.v_agent AS a
GROUP BY
    tenant_id,
    business_date,
    channel,
    queue_id,
    team_id;

CREATE TABLE qa_content.alert_words
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `alert_id` String COMMENT '预警编号 / alert id',
    `words` String COMMENT '原话（已脱敏） / the words (redacted)' CODEC(ZSTD(3)),
    `version` UInt64 COMMENT '与 qa.alert 相同 / as in qa.alert'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id, alert_id)
SETTINGS index_granularity = 8192
COMMENT '预警的原话 / words of an alert';

CREATE TABLE qa_content.evidence_words
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `result_id` String COMMENT '交互结果编号 / result id of the interaction',
    `finding` UInt32 COMMENT '发现序号 / n of the finding',
    `n` UInt16 COMMENT '证据序号 / n of the evidence',
    `words` String COMMENT '原话（已脱敏） / the words (redacted)' CODEC(ZSTD(3)),
    `reading` Nullable(String) COMMENT '读音相近的词 / phrase that the words sound like'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, finding, n)
SETTINGS index_granularity = 8192
COMMENT '证据的原话 / words of the evidence';

CREATE TABLE qa_content.hearing
(
    `hearing_key` String COMMENT '听写键：录音、模型、选项 / hearing key: recordings, model, options',
    `transcript_id` String COMMENT '转写编号 / transcript id',
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '首次听写的交互 / interaction in which it was heard first',
    `decided_at` DateTime64(3, 'UTC') COMMENT '转写记录的 Kafka 时间 / Kafka timestamp of the transcribed record',
    `transcript` String COMMENT '转写全文 JSON（已脱敏） / whole transcript as JSON (redacted)' CODEC(ZSTD(3)),
    `version` UInt64 COMMENT '越早越大：首次听写生效 / the earlier the higher: the first hearing wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, hearing_key)
SETTINGS index_granularity = 8192
COMMENT '听写存档：同一录音只听一次 / hearings: a recording is heard once';

CREATE TABLE qa_content.recording
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `n` UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    `uri` String COMMENT '录音地址 / where the recording lies',
    `container` LowCardinality(Nullable(String)) COMMENT '容器格式 / container',
    `codec` LowCardinality(Nullable(String)) COMMENT '编码 / codec',
    `sample_rate_hz` Nullable(Int32) COMMENT '采样率 / sample rate, Hz',
    `channel_roles` Array(LowCardinality(String)) COMMENT '各声道的角色 / role of each channel',
    `started_at` Nullable(DateTime64(3, 'UTC')) COMMENT '起录时间 / wall clock of sample 0',
    `duration_ms` Nullable(Int64) COMMENT '时长毫秒 / length, ms',
    `sha256` Nullable(String) COMMENT '文件校验和 / checksum of the file',
    `expires_at` Nullable(DateTime64(3, 'UTC')) COMMENT '到期删除时间 / when the store deletes it',
    `source_offset` Int64 COMMENT '来源偏移量 / offset of the completed event'
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (tenant_id, interaction_id, record_version, n)
SETTINGS index_granularity = 8192
COMMENT '录音 / recording';

CREATE TABLE qa_content.review_comment
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `review_id` String COMMENT '复核编号 / review id',
    `comment` String COMMENT '复核说明 / comment of the reviewer' CODEC(ZSTD(3)),
    `reviewed_at` DateTime64(3, 'UTC') COMMENT '复核时间 / reviewed'
)
ENGINE = ReplacingMergeTree(reviewed_at)
ORDER BY (tenant_id, interaction_id, review_id)
SETTINGS index_granularity = 8192
COMMENT '复核说明 / comment of a review';

CREATE TABLE qa_content.survey_comment
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `comment` String COMMENT '留言（已脱敏） / comment (redacted)' CODEC(ZSTD(3)),
    `version` UInt64 COMMENT '与 qa.survey 相同 / as in qa.survey'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id)
SETTINGS index_granularity = 8192
COMMENT '满意度留言 / comment of a survey';

CREATE TABLE qa_content.turn
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `transcript_id` String COMMENT '转写编号 / transcript id',
    `turn` UInt32 COMMENT '话轮序号，从 0 起 / turn, from 0',
    `party` LowCardinality(String) COMMENT '说话方 / party',
    `speaker_id` String COMMENT '坐席或机器人编号，客户为空串 / agent or bot id, empty for the customer',
    `leg` Int16 COMMENT '坐席段序号 / leg',
    `kind` LowCardinality(String) COMMENT '种类 / kind',
    `channel` Int16 COMMENT '声道，-1 为无 / audio channel, -1 for none',
    `start_ms` Int64 COMMENT '起点毫秒 / start, ms',
    `end_ms` Int64 COMMENT '终点毫秒 / end, ms',
    `text` String COMMENT '所听所写（已脱敏） / as heard or written (redacted)' CODEC(ZSTD(3)),
    `normalised` String COMMENT '匹配用文本：简体、半角、小写 / copy that rules match on' CODEC(ZSTD(3)),
    `confidence` Float64 COMMENT '置信度 / confidence',
    `units_per_minute` Float64 COMMENT '每分钟字数或词数 / characters or words per minute',
    `automatic` UInt8 COMMENT '是否自动消息 / 1 for an automatic message',
    `recalled` UInt8 COMMENT '是否已撤回 / 1 where recalled by the sender',
    `redaction_start` Array(UInt32) COMMENT '占位符起始位置 / first code point of each placeholder',
    `redaction_end` Array(UInt32) COMMENT '占位符结束位置 / end of each placeholder, exclusive',
    `redaction_entity` Array(LowCardinality(String)) COMMENT '占位符种类 / kind of each placeholder',
    `record_version` Int64 COMMENT '记录版本 / record version',
    `reading_start` Array(UInt32) COMMENT '疑似听错处的起始位置 / first code point of each place that may be misheard',
    `reading_end` Array(UInt32) COMMENT '疑似听错处的结束位置（不含） / end of each place, exclusive',
    `reading_heard` Array(String) COMMENT '听到的字 / the words as heard, normalised',
    `reading_phrase` Array(String) COMMENT '可能的原话：读音相近的业务用语 / the phrase of the domain that they sound like',
    `reading_confidence` Array(Float64) COMMENT '把握，0.5 至 1 / how sure the reading is, 0.5 to 1',
    `reading_reason` Array(String) COMMENT '依据 / why it stands'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id, turn)
SETTINGS index_granularity = 8192
COMMENT '话轮 / turn';

CREATE TABLE qa_content.word
(
    `tenant_id` LowCardinality(String) COMMENT '租户 / tenant',
    `interaction_id` String COMMENT '交互编号 / interaction id',
    `transcript_id` String COMMENT '转写编号 / transcript id',
    `n` UInt32 COMMENT '行号，从 0 起 / row number, from 0',
    `turn` UInt32 COMMENT '话轮序号 / turn',
    `start_offset` UInt32 COMMENT '起始字符位置 / first code point in the turn',
    `end_offset` UInt32 COMMENT '结束字符位置（不含） / end, exclusive',
    `start_ms` Int64 COMMENT '起点毫秒 / start, ms',
    `end_ms` Int64 COMMENT '终点毫秒 / end, ms',
    `probability` Float64 COMMENT '识别概率 / probability',
    `record_version` Int64 COMMENT '记录版本 / record version'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id, n)
SETTINGS index_granularity = 8192
COMMENT '词的位置与时间 / where and when each word is';

