-- Reason: the three databases, and the ledger that proves that every completed interaction has one outcome.
-- Rewrites data: no.
-- Undo: DROP DATABASE qa_bi; DROP DATABASE qa_content; DROP DATABASE qa; (deletes everything; Kafka can fill it again).

CREATE DATABASE IF NOT EXISTS qa COMMENT '质检事实，由流水线写入 / quality facts, written by the pipeline';

CREATE DATABASE IF NOT EXISTS qa_content COMMENT '脱敏后的话语，仅此处有文字 / redacted words, the only place that holds words';

CREATE DATABASE IF NOT EXISTS qa_bi COMMENT '分析视图，无文字 / views for analysts, no words';

CREATE TABLE IF NOT EXISTS qa.schema_migrations
(
    number UInt32 COMMENT '迁移编号 / migration number',
    name String COMMENT '文件名 / file name',
    checksum String COMMENT '文件内容的 SHA-256 / SHA-256 of the file',
    applied_at DateTime64(3, 'UTC') COMMENT '执行时间 / when it was applied'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY number
COMMENT '已执行的迁移 / migrations that were applied';

-- One row an offset of qa.interaction.completed. source_timestamp is part of the key so that a topic that
-- was deleted and created again does not overwrite the ledger of the old one. A record that could not be
-- decoded at first and can be later keeps its row: the decodable one wins.
CREATE TABLE IF NOT EXISTS qa.intake
(
    source_topic LowCardinality(String) COMMENT 'Kafka 主题 / Kafka topic',
    source_partition Int32 COMMENT '分区 / partition',
    source_offset Int64 COMMENT '偏移量 / offset',
    source_timestamp DateTime64(3, 'UTC') COMMENT 'Kafka 记录时间 / Kafka record timestamp',
    tenant_id LowCardinality(String) COMMENT '租户，无法解码时为空串 / tenant, empty where undecodable',
    unit_id String COMMENT '台账单元：交互编号，无法解码时为 主题:分区:偏移量 / unit of the ledger: interaction id, or topic:partition:offset where undecodable',
    interaction_id Nullable(String) COMMENT '交互编号 / interaction id',
    record_version Nullable(Int64) COMMENT '记录版本，最高者有效 / record version, the highest counts',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    started_at Nullable(DateTime64(3, 'UTC')) COMMENT '开始时间 / started',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT '结束时间 / ended',
    business_date Date32 COMMENT '业务日期，按站点时区；无法解码时取记录时间 / business day in the site time zone; of the record timestamp where undecodable',
    decodable UInt8 COMMENT '能否解码 / 1 where the record could be decoded',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written',
    INDEX by_unit unit_id TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree(decodable)
ORDER BY (source_topic, source_partition, source_offset, source_timestamp)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT '接收台账：已完成主题的每个偏移量一行 / intake ledger: a row an offset of the completed topic';

-- An index of the dead-letter topics. The bytes stay in Kafka; nothing of them is copied here.
CREATE TABLE IF NOT EXISTS qa.dead_letter
(
    dead_letter_id String COMMENT '死信编号，由坐标和阶段得出 / dead letter id, from coordinates and stage',
    stage LowCardinality(String) COMMENT '失败的阶段 / stage that gave up',
    reason LowCardinality(String) COMMENT '原因，封闭列表 / reason, closed list',
    error_class LowCardinality(String) COMMENT '异常类名 / class of the exception',
    detail String COMMENT '说明，不含内容 / detail without content',
    source_topic LowCardinality(String) COMMENT '原始主题 / topic of the failed record',
    source_partition Int32 COMMENT '原始分区 / partition of the failed record',
    source_offset Int64 COMMENT '原始偏移量 / offset of the failed record',
    source_timestamp DateTime64(3, 'UTC') COMMENT '原始记录时间 / timestamp of the failed record',
    consumer_group LowCardinality(String) COMMENT '消费组 / consumer group that gave up',
    app_version LowCardinality(String) COMMENT '程序版本 / version of the program',
    interaction_id Nullable(String) COMMENT '交互编号，若可知 / interaction id where known',
    record_version Nullable(Int64) COMMENT '记录版本，若可知 / record version where known',
    attempts UInt32 COMMENT '尝试次数 / attempts made',
    redrive_count UInt32 COMMENT '重投次数 / how often it was sent again',
    payload_sha256 String COMMENT '原始内容校验和 / checksum of the original value',
    pointer UInt8 COMMENT '死信是否只有坐标 / 1 where the dead letter holds coordinates only',
    first_failed_at DateTime64(3, 'UTC') COMMENT '首次失败时间 / first failure',
    failed_at DateTime64(3, 'UTC') COMMENT '成为死信的时间 / when it became a dead letter',
    dead_letter_topic LowCardinality(String) COMMENT '死信主题 / dead-letter topic that holds the bytes',
    dead_letter_partition Int32 COMMENT '死信分区 / partition there',
    dead_letter_offset Int64 COMMENT '死信偏移量 / offset there',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(failed_at)
ORDER BY dead_letter_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT '死信索引，不含内容 / index of dead letters, without payload';
