-- Reason: what is known of an interaction apart from its words and its judgement.
-- Rewrites data: no.
-- Undo: DROP TABLE qa.interaction, qa.agent_leg, qa.self_service_step, qa.interaction_link, qa.transcript, qa.timeline;
--
-- No key and no partition holds a time: a correction may move every time, and a row that changes its key
-- would be counted twice. Children carry record_version in the key and are read only for the record_version
-- of their parent and below its *_count, so that a correction that removes a leg removes it here too.

CREATE TABLE IF NOT EXISTS qa.interaction
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    record_version Int64 COMMENT '记录版本，最高者有效 / record version, the highest counts',
    business_date Date32 COMMENT '业务日期，按站点时区取结束时间 / business day of ended_at in the site time zone',
    source_system LowCardinality(String) COMMENT '来源系统 / source system',
    source_ids Map(String, String) COMMENT '来源系统中的编号 / ids in the source system',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    entry_point LowCardinality(Nullable(String)) COMMENT '入口 / entry point',
    direction LowCardinality(String) COMMENT '方向 / direction',
    started_at DateTime64(3, 'UTC') COMMENT '开始时间 / started',
    answered_at Nullable(DateTime64(3, 'UTC')) COMMENT '人工首次应答时间 / first human answer',
    ended_at DateTime64(3, 'UTC') COMMENT '结束时间 / ended',
    site_timezone LowCardinality(String) COMMENT '站点时区 / site time zone',
    language LowCardinality(Nullable(String)) COMMENT '语言 / language',
    disposition LowCardinality(String) COMMENT '结束状态 / end state',
    disconnect_party LowCardinality(String) COMMENT '挂断方 / who ended it',
    disconnect_reason_raw Nullable(String) COMMENT '来源系统的挂断原因 / reason code of the source',
    hangup_cause_q850 Nullable(Int32) COMMENT 'Q.850 挂断码 / Q.850 cause',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    queue_name LowCardinality(Nullable(String)) COMMENT '队列名称 / queue name',
    enqueued_at Nullable(DateTime64(3, 'UTC')) COMMENT '进入队列时间 / entered the queue',
    dequeued_at Nullable(DateTime64(3, 'UTC')) COMMENT '离开队列时间 / left the queue',
    queue_wait_ms Nullable(Int64) COMMENT '排队毫秒 / wait in queue, ms',
    service_level_threshold_ms Nullable(Int64) COMMENT '服务水平目标毫秒 / service level target, ms',
    transfer_count Int32 COMMENT '转接次数 / hand-overs',
    customer_key Nullable(String) COMMENT '客户键（加密散列） / customer key (keyed hash)',
    customer_address_key Nullable(String) COMMENT '号码或账号键（加密散列） / address key (keyed hash)',
    customer_region LowCardinality(Nullable(String)) COMMENT '客户地区 / customer region',
    customer_segment LowCardinality(Nullable(String)) COMMENT '客户分群 / customer segment',
    business_line LowCardinality(Nullable(String)) COMMENT '业务线 / business line',
    source_contact_reason LowCardinality(Nullable(String)) COMMENT '坐席或流程点选的来电原因 / contact reason clicked by agent or flow',
    case_id Nullable(String) COMMENT '工单号 / case number',
    campaign_id LowCardinality(Nullable(String)) COMMENT '外呼活动 / outbound campaign',
    journey_id Nullable(String) COMMENT '客户旅程 / customer journey',
    recording_consent LowCardinality(String) COMMENT '录音告知 / recording consent',
    content_masked UInt8 COMMENT '上游是否已脱敏 / 1 where masked upstream',
    retain_until Nullable(Date32) COMMENT '内容最晚保留日 / last day content may be kept',
    attributes Map(String, String) COMMENT '其他属性 / other attributes',
    self_service_flow_id LowCardinality(Nullable(String)) COMMENT '自助流程 / self-service flow',
    self_service_flow_version LowCardinality(Nullable(String)) COMMENT '流程版本 / flow version',
    self_service_task LowCardinality(Nullable(String)) COMMENT '自助任务 / task of the flow',
    self_service_outcome LowCardinality(Nullable(String)) COMMENT '自助结果 / self-service outcome',
    self_service_outcome_source LowCardinality(Nullable(String)) COMMENT '结果来源 / who says so',
    self_service_transfer_reason LowCardinality(Nullable(String)) COMMENT '转人工原因 / why it went to a human',
    leg_count UInt16 COMMENT '坐席段数 / agent legs',
    step_count UInt32 COMMENT '自助步骤数 / self-service steps',
    link_count UInt16 COMMENT '关联数 / links',
    recording_count UInt16 COMMENT '录音数 / recordings',
    lane_exclusion LowCardinality(Nullable(String)) COMMENT '转写或归一化阶段的排除原因 / exclusion decided by transcription or normalization',
    source_topic LowCardinality(String) COMMENT 'Kafka 主题 / topic of the completed event',
    source_partition Int32 COMMENT '分区 / partition',
    source_offset Int64 COMMENT '偏移量 / offset',
    source_timestamp DateTime64(3, 'UTC') COMMENT 'Kafka 记录时间 / Kafka record timestamp',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id)
COMMENT '交互：每次交互一行 / interaction: one row each';

CREATE TABLE IF NOT EXISTS qa.agent_leg
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    record_version Int64 COMMENT '记录版本 / record version',
    leg Int16 COMMENT '坐席段序号，从 0 起 / index of the leg, from 0',
    agent_id String COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team at that time',
    site_id LowCardinality(Nullable(String)) COMMENT '职场 / site',
    work_location LowCardinality(String) COMMENT '职场或居家 / at the site or at home',
    vendor_id LowCardinality(Nullable(String)) COMMENT '外包商 / outsourcer',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    alerted_at Nullable(DateTime64(3, 'UTC')) COMMENT '振铃时间 / alerted',
    joined_at Nullable(DateTime64(3, 'UTC')) COMMENT '接入时间 / joined',
    left_at Nullable(DateTime64(3, 'UTC')) COMMENT '离开时间 / left',
    talk_ms Nullable(Int64) COMMENT '通话毫秒 / talk, ms',
    hold_ms Nullable(Int64) COMMENT '保持毫秒 / hold, ms',
    hold_count Nullable(Int32) COMMENT '保持次数 / holds',
    longest_hold_ms Nullable(Int64) COMMENT '最长保持毫秒 / longest hold, ms',
    acw_ms Nullable(Int64) COMMENT '话后处理毫秒，空不等于零 / after-contact work, ms; null is not zero',
    first_reply_ms Nullable(Int64) COMMENT '首次回复毫秒 / first reply, ms',
    transfer_kind LowCardinality(String) COMMENT '转接方式 / how the leg was handed on',
    wrapup_code LowCardinality(Nullable(String)) COMMENT '小结代码 / wrap-up code',
    source_offset Int64 COMMENT '来源偏移量 / offset of the completed event'
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (tenant_id, interaction_id, record_version, leg)
COMMENT '坐席段：每次交互每位坐席一行 / agent leg';

CREATE TABLE IF NOT EXISTS qa.self_service_step
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    record_version Int64 COMMENT '记录版本 / record version',
    n UInt32 COMMENT '行号，从 0 起 / row number, from 0',
    seq Int32 COMMENT '步骤序号 / step number as sent',
    node_id LowCardinality(String) COMMENT '节点 / node',
    node_name LowCardinality(Nullable(String)) COMMENT '节点名称 / node name',
    entered_at Nullable(DateTime64(3, 'UTC')) COMMENT '进入时间 / entered',
    left_at Nullable(DateTime64(3, 'UTC')) COMMENT '离开时间 / left',
    input_mode LowCardinality(String) COMMENT '输入方式 / input mode',
    intent LowCardinality(Nullable(String)) COMMENT '识别意图 / recognised intent',
    intent_confidence Nullable(Float64) COMMENT '意图置信度 / confidence of the intent',
    attempts Int32 COMMENT '尝试次数 / tries at this node',
    result LowCardinality(String) COMMENT '节点结果 / result of the node',
    source_offset Int64 COMMENT '来源偏移量 / offset of the completed event'
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (tenant_id, interaction_id, record_version, n)
COMMENT '自助步骤，不含输入内容 / self-service step, without what was entered';

CREATE TABLE IF NOT EXISTS qa.interaction_link
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    record_version Int64 COMMENT '记录版本 / record version',
    n UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    linked_interaction_id String COMMENT '关联的交互 / the other interaction',
    kind LowCardinality(String) COMMENT '关系 / what the other one is to this one',
    source_offset Int64 COMMENT '来源偏移量 / offset of the completed event'
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (tenant_id, interaction_id, record_version, n)
COMMENT '交互之间的关联 / links between interactions';

-- A transcript's words depend on transcript_id alone; which leg a turn belongs to may change with a
-- correction, therefore the highest record_version wins.
CREATE TABLE IF NOT EXISTS qa.transcript
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    transcript_id String COMMENT '转写编号 / transcript id',
    record_version Int64 COMMENT '记录版本 / record version',
    hearing_key String COMMENT '听写键：录音、模型、选项 / hearing key: recordings, model, options',
    heard_at DateTime64(3, 'UTC') COMMENT '转写记录的 Kafka 时间 / Kafka timestamp of the transcribed record',
    language LowCardinality(String) COMMENT '语言 / language',
    engine LowCardinality(String) COMMENT '识别引擎 / engine',
    engine_version LowCardinality(String) COMMENT '引擎版本 / engine version',
    model LowCardinality(String) COMMENT '模型 / model',
    model_sha256 LowCardinality(String) COMMENT '模型校验和 / checksum of the model',
    options LowCardinality(String) COMMENT '识别选项 / options',
    lexicon_hash LowCardinality(String) COMMENT '词库散列 / hash of the lexicon',
    redaction_version LowCardinality(String) COMMENT '脱敏版本 / version of the redaction',
    notes Array(String) COMMENT '备注 / notes of the engine',
    turn_count UInt32 COMMENT '话轮数 / turns',
    word_count UInt32 COMMENT '词数 / recognised words',
    timeline_count UInt32 COMMENT '时间段数 / rows in qa.timeline',
    definition_version LowCardinality(String) COMMENT '指标定义版本 / version of the measure definitions',
    conversation_ms Nullable(Int64) COMMENT '对话毫秒：首词到末词 / first word to last word, ms',
    agent_talk_ms Nullable(Int64) COMMENT '坐席说话毫秒 / agent talk, ms',
    customer_talk_ms Nullable(Int64) COMMENT '客户说话毫秒 / customer talk, ms',
    overlap_ms Nullable(Int64) COMMENT '重叠毫秒 / overlap, ms',
    silence_ms Nullable(Int64) COMMENT '超过 3 秒的静默合计毫秒 / silences over 3 s, ms',
    silence_2s_ms Nullable(Int64) COMMENT '超过 2 秒的静默合计毫秒 / silences over 2 s, ms',
    silence_5s_ms Nullable(Int64) COMMENT '超过 5 秒的静默合计毫秒 / silences over 5 s, ms',
    longest_silence_ms Nullable(Int64) COMMENT '最长静默毫秒 / longest silence, ms',
    agent_interruption_count Nullable(Int32) COMMENT '坐席抢话次数 / interruptions by the agent',
    customer_interruption_count Nullable(Int32) COMMENT '客户抢话次数 / interruptions by the customer',
    agent_cpm Nullable(Float64) COMMENT '坐席每分钟字数 / agent Han characters per minute',
    customer_cpm Nullable(Float64) COMMENT '客户每分钟字数 / customer Han characters per minute',
    agent_wpm Nullable(Float64) COMMENT '坐席每分钟词数 / agent words per minute',
    customer_wpm Nullable(Float64) COMMENT '客户每分钟词数 / customer words per minute',
    greeting_ms Nullable(Int64) COMMENT '开场毫秒 / greeting, ms',
    first_reply_ms Nullable(Int64) COMMENT '首次回复毫秒 / first reply, ms',
    average_reply_ms Nullable(Int64) COMMENT '平均回复毫秒 / average reply, ms',
    longest_reply_ms Nullable(Int64) COMMENT '最长回复毫秒 / longest reply, ms',
    agent_turn_count Int32 COMMENT '坐席话轮数 / turns of the agent',
    customer_turn_count Int32 COMMENT '客户话轮数 / turns of the customer'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id)
COMMENT '转写及其指标，不含文字 / transcript and its measures, without words';

CREATE TABLE IF NOT EXISTS qa.timeline
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    transcript_id String COMMENT '转写编号 / transcript id',
    n UInt32 COMMENT '行号，从 0 起 / row number, from 0',
    kind LowCardinality(String) COMMENT '种类：SPEECH、INTERRUPTION、SILENCE / kind',
    party LowCardinality(String) COMMENT '说话方，静默为 UNKNOWN / party, UNKNOWN for silence',
    start_ms Int64 COMMENT '起点毫秒 / start, ms',
    end_ms Int64 COMMENT '终点毫秒 / end, ms',
    yielded Nullable(UInt8) COMMENT '被抢话者是否让出 / interruption: 1 where the other party stopped',
    record_version Int64 COMMENT '记录版本 / record version'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id, n)
COMMENT '说话、抢话、静默的时间段 / stretches of speech, interruption and silence';
