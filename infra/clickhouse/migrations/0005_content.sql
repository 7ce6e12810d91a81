-- Reason: words. Every text column of the store is in qa_content, redacted before it came here.
-- Rewrites data: no.
-- Undo: DROP DATABASE qa_content; (Kafka can fill it again while qa.interaction.transcribed is retained).

-- A recording is heard once: the first durable hearing of a key is used again. The whole transcript is kept
-- as JSON, so that it comes back exactly as it was.
CREATE TABLE IF NOT EXISTS qa_content.hearing
(
    hearing_key String COMMENT '听写键：录音、模型、选项 / hearing key: recordings, model, options',
    transcript_id String COMMENT '转写编号 / transcript id',
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '首次听写的交互 / interaction in which it was heard first',
    decided_at DateTime64(3, 'UTC') COMMENT '转写记录的 Kafka 时间 / Kafka timestamp of the transcribed record',
    transcript String COMMENT '转写全文 JSON（已脱敏） / whole transcript as JSON (redacted)' CODEC(ZSTD(3)),
    version UInt64 COMMENT '越早越大：首次听写生效 / the earlier the higher: the first hearing wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, hearing_key)
COMMENT '听写存档：同一录音只听一次 / hearings: a recording is heard once';

CREATE TABLE IF NOT EXISTS qa_content.turn
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    transcript_id String COMMENT '转写编号 / transcript id',
    turn UInt32 COMMENT '话轮序号，从 0 起 / turn, from 0',
    party LowCardinality(String) COMMENT '说话方 / party',
    speaker_id String COMMENT '坐席或机器人编号，客户为空串 / agent or bot id, empty for the customer',
    leg Int16 COMMENT '坐席段序号 / leg',
    kind LowCardinality(String) COMMENT '种类 / kind',
    channel Int16 COMMENT '声道，-1 为无 / audio channel, -1 for none',
    start_ms Int64 COMMENT '起点毫秒 / start, ms',
    end_ms Int64 COMMENT '终点毫秒 / end, ms',
    text String COMMENT '所听所写（已脱敏） / as heard or written (redacted)' CODEC(ZSTD(3)),
    normalised String COMMENT '匹配用文本：简体、半角、小写 / copy that rules match on' CODEC(ZSTD(3)),
    confidence Float64 COMMENT '置信度 / confidence',
    units_per_minute Float64 COMMENT '每分钟字数或词数 / characters or words per minute',
    automatic UInt8 COMMENT '是否自动消息 / 1 for an automatic message',
    recalled UInt8 COMMENT '是否已撤回 / 1 where recalled by the sender',
    redaction_start Array(UInt32) COMMENT '占位符起始位置 / first code point of each placeholder',
    redaction_end Array(UInt32) COMMENT '占位符结束位置 / end of each placeholder, exclusive',
    redaction_entity Array(LowCardinality(String)) COMMENT '占位符种类 / kind of each placeholder',
    record_version Int64 COMMENT '记录版本 / record version'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id, turn)
COMMENT '话轮 / turn';

CREATE TABLE IF NOT EXISTS qa_content.word
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    transcript_id String COMMENT '转写编号 / transcript id',
    n UInt32 COMMENT '行号，从 0 起 / row number, from 0',
    turn UInt32 COMMENT '话轮序号 / turn',
    start_offset UInt32 COMMENT '起始字符位置 / first code point in the turn',
    end_offset UInt32 COMMENT '结束字符位置（不含） / end, exclusive',
    start_ms Int64 COMMENT '起点毫秒 / start, ms',
    end_ms Int64 COMMENT '终点毫秒 / end, ms',
    probability Float64 COMMENT '识别概率 / probability',
    record_version Int64 COMMENT '记录版本 / record version'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id, n)
COMMENT '词的位置与时间 / where and when each word is';

CREATE TABLE IF NOT EXISTS qa_content.evidence_words
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    result_id String COMMENT '交互结果编号 / result id of the interaction',
    finding UInt32 COMMENT '发现序号 / n of the finding',
    n UInt16 COMMENT '证据序号 / n of the evidence',
    words String COMMENT '原话（已脱敏） / the words (redacted)' CODEC(ZSTD(3)),
    reading Nullable(String) COMMENT '读音相近的词 / phrase that the words sound like'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, finding, n)
COMMENT '证据的原话 / words of the evidence';

CREATE TABLE IF NOT EXISTS qa_content.alert_words
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    alert_id String COMMENT '预警编号 / alert id',
    words String COMMENT '原话（已脱敏） / the words (redacted)' CODEC(ZSTD(3)),
    version UInt64 COMMENT '与 qa.alert 相同 / as in qa.alert'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id, alert_id)
COMMENT '预警的原话 / words of an alert';

CREATE TABLE IF NOT EXISTS qa_content.recording
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    record_version Int64 COMMENT '记录版本 / record version',
    n UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    uri String COMMENT '录音地址 / where the recording lies',
    container LowCardinality(Nullable(String)) COMMENT '容器格式 / container',
    codec LowCardinality(Nullable(String)) COMMENT '编码 / codec',
    sample_rate_hz Nullable(Int32) COMMENT '采样率 / sample rate, Hz',
    channel_roles Array(LowCardinality(String)) COMMENT '各声道的角色 / role of each channel',
    started_at Nullable(DateTime64(3, 'UTC')) COMMENT '起录时间 / wall clock of sample 0',
    duration_ms Nullable(Int64) COMMENT '时长毫秒 / length, ms',
    sha256 Nullable(String) COMMENT '文件校验和 / checksum of the file',
    expires_at Nullable(DateTime64(3, 'UTC')) COMMENT '到期删除时间 / when the store deletes it',
    source_offset Int64 COMMENT '来源偏移量 / offset of the completed event'
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (tenant_id, interaction_id, record_version, n)
COMMENT '录音 / recording';

CREATE TABLE IF NOT EXISTS qa_content.survey_comment
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    comment String COMMENT '留言（已脱敏） / comment (redacted)' CODEC(ZSTD(3)),
    version UInt64 COMMENT '与 qa.survey 相同 / as in qa.survey'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id)
COMMENT '满意度留言 / comment of a survey';

CREATE TABLE IF NOT EXISTS qa_content.review_comment
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    review_id String COMMENT '复核编号 / review id',
    comment String COMMENT '复核说明 / comment of the reviewer' CODEC(ZSTD(3)),
    reviewed_at DateTime64(3, 'UTC') COMMENT '复核时间 / reviewed'
)
ENGINE = ReplacingMergeTree(reviewed_at)
ORDER BY (tenant_id, interaction_id, review_id)
COMMENT '复核说明 / comment of a review';
