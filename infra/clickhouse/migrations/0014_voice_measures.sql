-- Reason: the measures of definition version 2026.2 (hold, dead air, responses, loudness, raised voice), the level
-- of every channel second by second, and the exclusions of voice mailboxes and dialects.
-- Rewrites data: no (columns that hold null for what was written before, a table, and two views).
-- Undo: DROP TABLE qa.loudness; ALTER TABLE qa.transcript DROP COLUMN hold_ms, ... (the columns below);
-- ALTER TABLE qa.timeline DROP COLUMN announced, after_party, before_party; then run 0007 and 0009 again for the views.

ALTER TABLE qa.transcript
    ADD COLUMN IF NOT EXISTS hold_ms Nullable(Int64) COMMENT '保持毫秒：坐席段所报之和，否则为听到的保持音乐 / hold as stated by the legs, else the hold music heard, ms',
    ADD COLUMN IF NOT EXISTS non_talk_ms Nullable(Int64) COMMENT '非通话毫秒：静默加保持 / silence and hold, ms; null where it is not known when the hold was',
    ADD COLUMN IF NOT EXISTS dead_air_count Nullable(Int32) COMMENT '未告知的 5 秒以上静默次数 / silences over 5 s that nobody announced',
    ADD COLUMN IF NOT EXISTS dead_air_ms Nullable(Int64) COMMENT '未告知的 5 秒以上静默毫秒 / their sum, ms',
    ADD COLUMN IF NOT EXISTS announced_wait_ms Nullable(Int64) COMMENT '已告知的 5 秒以上等待毫秒 / silences over 5 s that the agent announced, ms',
    ADD COLUMN IF NOT EXISTS agent_talk_over_ms Nullable(Int64) COMMENT '坐席抢话重叠毫秒 / overlap of the interruptions by the agent, ms',
    ADD COLUMN IF NOT EXISTS customer_talk_over_ms Nullable(Int64) COMMENT '客户抢话重叠毫秒 / overlap of the interruptions by the customer, ms',
    ADD COLUMN IF NOT EXISTS agent_response_ms Nullable(Int64) COMMENT '坐席应答平均间隔毫秒 / mean pause before the agent answers, ms',
    ADD COLUMN IF NOT EXISTS agent_longest_response_ms Nullable(Int64) COMMENT '坐席应答最长间隔毫秒 / longest pause before the agent answers, ms',
    ADD COLUMN IF NOT EXISTS customer_response_ms Nullable(Int64) COMMENT '客户应答平均间隔毫秒 / mean pause before the customer answers, ms',
    ADD COLUMN IF NOT EXISTS agent_loudness_dbfs Nullable(Float64) COMMENT '坐席音量中位数 dBFS / median level of the agent, dBFS',
    ADD COLUMN IF NOT EXISTS customer_loudness_dbfs Nullable(Float64) COMMENT '客户音量中位数 dBFS / median level of the customer, dBFS',
    ADD COLUMN IF NOT EXISTS agent_raised_voice_count Nullable(Int32) COMMENT '坐席提高嗓门次数：高于自身中位 6 dB 满 3 秒 / raised voice: 3 s or more, 6 dB above the own median',
    ADD COLUMN IF NOT EXISTS agent_raised_voice_ms Nullable(Int64) COMMENT '坐席提高嗓门毫秒 / length of it, ms',
    ADD COLUMN IF NOT EXISTS customer_raised_voice_count Nullable(Int32) COMMENT '客户提高嗓门次数 / raised voice of the customer',
    ADD COLUMN IF NOT EXISTS customer_raised_voice_ms Nullable(Int64) COMMENT '客户提高嗓门毫秒 / length of it, ms',
    ADD COLUMN IF NOT EXISTS word_probability Nullable(Float64) COMMENT '识别词平均概率 / mean probability of the recognised words',
    ADD COLUMN IF NOT EXISTS wordless_speech_ms Nullable(Int64) COMMENT '满 1 秒而无词的语音毫秒 / speech of a second or more without a word, ms',
    ADD COLUMN IF NOT EXISTS doubts Array(LowCardinality(String)) COMMENT '整通存疑的原因，如声道疑似对调 / what puts the whole transcript in doubt, e.g. swapped channels',
    ADD COLUMN IF NOT EXISTS loudness_count UInt16 COMMENT '有音量的声道数 / rows in qa.loudness';

-- Kinds RAISED_VOICE (of a party) and RING_BACK, BUSY, MUSIC, PROMPT (of the system) stand beside the older ones.
ALTER TABLE qa.timeline
    ADD COLUMN IF NOT EXISTS announced Nullable(UInt8) COMMENT '静默：坐席是否事先告知 / silence: 1 where the agent announced it',
    ADD COLUMN IF NOT EXISTS after_party LowCardinality(Nullable(String)) COMMENT '静默：之前说话的一方 / silence: who spoke before it',
    ADD COLUMN IF NOT EXISTS before_party LowCardinality(Nullable(String)) COMMENT '静默：之后说话的一方 / silence: who spoke after it';

CREATE TABLE IF NOT EXISTS qa.loudness
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    transcript_id String COMMENT '转写编号 / transcript id',
    n UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    party LowCardinality(String) COMMENT '声道所属方 / party of the channel',
    channel Int16 COMMENT '声道 / audio channel',
    start_ms Int64 COMMENT '首秒起点毫秒 / start of the first second, ms',
    dbfs Array(Int8) COMMENT '每秒音量 dBFS，-100 为无声 / level of every second, dBFS, -100 is digital silence',
    record_version Int64 COMMENT '记录版本 / record version'
)
ENGINE = ReplacingMergeTree(record_version)
ORDER BY (tenant_id, interaction_id, transcript_id, n)
COMMENT '音量：每声道一行，每秒一值 / loudness: a row a channel, a value a second';

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
    source_offset Int64 COMMENT '偏移量 / offset',
    hold_ms Nullable(Int64) COMMENT '保持毫秒：坐席段所报之和，否则为听到的保持音乐 / hold as stated by the legs, else the hold music heard, ms',
    non_talk_ms Nullable(Int64) COMMENT '非通话毫秒：静默加保持 / silence and hold, ms; null where it is not known when the hold was',
    dead_air_count Nullable(Int32) COMMENT '未告知的 5 秒以上静默次数 / silences over 5 s that nobody announced',
    dead_air_ms Nullable(Int64) COMMENT '未告知的 5 秒以上静默毫秒 / their sum, ms',
    announced_wait_ms Nullable(Int64) COMMENT '已告知的 5 秒以上等待毫秒 / silences over 5 s that the agent announced, ms',
    agent_talk_over_ms Nullable(Int64) COMMENT '坐席抢话重叠毫秒 / overlap of the interruptions by the agent, ms',
    customer_talk_over_ms Nullable(Int64) COMMENT '客户抢话重叠毫秒 / overlap of the interruptions by the customer, ms',
    agent_response_ms Nullable(Int64) COMMENT '坐席应答平均间隔毫秒 / mean pause before the agent answers, ms',
    agent_longest_response_ms Nullable(Int64) COMMENT '坐席应答最长间隔毫秒 / longest pause before the agent answers, ms',
    customer_response_ms Nullable(Int64) COMMENT '客户应答平均间隔毫秒 / mean pause before the customer answers, ms',
    agent_loudness_dbfs Nullable(Float64) COMMENT '坐席音量中位数 dBFS / median level of the agent, dBFS',
    customer_loudness_dbfs Nullable(Float64) COMMENT '客户音量中位数 dBFS / median level of the customer, dBFS',
    agent_raised_voice_count Nullable(Int32) COMMENT '坐席提高嗓门次数：高于自身中位 6 dB 满 3 秒 / raised voice: 3 s or more, 6 dB above the own median',
    agent_raised_voice_ms Nullable(Int64) COMMENT '坐席提高嗓门毫秒 / length of it, ms',
    customer_raised_voice_count Nullable(Int32) COMMENT '客户提高嗓门次数 / raised voice of the customer',
    customer_raised_voice_ms Nullable(Int64) COMMENT '客户提高嗓门毫秒 / length of it, ms',
    word_probability Nullable(Float64) COMMENT '识别词平均概率 / mean probability of the recognised words',
    wordless_speech_ms Nullable(Int64) COMMENT '满 1 秒而无词的语音毫秒 / speech of a second or more without a word, ms',
    doubted Nullable(UInt8) COMMENT '是否整通存疑 / 1 where the whole transcript is in doubt',
    agent_turn_count Nullable(Int32) COMMENT '坐席话轮数 / turns of the agent',
    agent_talk_share Nullable(Float64) COMMENT '坐席说话占双方说话的比例 / agent talk as a share of the talk of both',
    agent_overtalk_share Nullable(Float64) COMMENT '坐席抢话次数占其话轮的比例 / interruptions as a share of the turns of the agent'
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
    i.source_topic AS source_topic, i.source_partition AS source_partition, i.source_offset AS source_offset,
    t.hold_ms AS hold_ms, t.non_talk_ms AS non_talk_ms, t.dead_air_count AS dead_air_count, t.dead_air_ms AS
    dead_air_ms, t.announced_wait_ms AS announced_wait_ms, t.agent_talk_over_ms AS agent_talk_over_ms,
    t.customer_talk_over_ms AS customer_talk_over_ms, t.agent_response_ms AS agent_response_ms,
    t.agent_longest_response_ms AS agent_longest_response_ms, t.customer_response_ms AS customer_response_ms,
    t.agent_loudness_dbfs AS agent_loudness_dbfs, t.customer_loudness_dbfs AS customer_loudness_dbfs,
    t.agent_raised_voice_count AS agent_raised_voice_count, t.agent_raised_voice_ms AS agent_raised_voice_ms,
    t.customer_raised_voice_count AS customer_raised_voice_count, t.customer_raised_voice_ms AS
    customer_raised_voice_ms, t.word_probability AS word_probability, t.wordless_speech_ms AS
    wordless_speech_ms,
    notEmpty(t.doubts) AS doubted,
    t.agent_turn_count AS agent_turn_count,
    t.agent_talk_ms / nullIf(t.agent_talk_ms + t.customer_talk_ms, 0) AS agent_talk_share,
    t.agent_interruption_count / nullIf(t.agent_turn_count, 0) AS agent_overtalk_share
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
    excluded_voicemail_count UInt64 COMMENT '排除：语音信箱 / excluded: voice mailbox',
    excluded_dialect_count UInt64 COMMENT '排除：方言超出模型 / excluded: dialect unsupported',
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
    countIf(exclusion = 'VOICEMAIL') AS excluded_voicemail_count,
    countIf(exclusion = 'DIALECT_UNSUPPORTED') AS excluded_dialect_count,
    scored_count AS coverage_numerator,
    received_count - excluded_count AS coverage_denominator,
    coverage_numerator / nullIf(coverage_denominator, 0) AS coverage_rate,
    received_count - in_flight_count AS accounted_numerator,
    received_count AS accounted_denominator,
    accounted_numerator / nullIf(accounted_denominator, 0) AS accounted_rate
FROM qa_bi.v_coverage
GROUP BY tenant_id, business_date, channel
COMMENT '每日各渠道覆盖情况 / coverage by business day and channel';
