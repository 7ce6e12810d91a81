-- Reason: what was judged of an interaction, and which judgement counts from when.
-- Rewrites data: no.
-- Undo: DROP TABLE qa.result, qa.leg_score, qa.score_item, qa.finding, qa.evidence, qa.contact_reason, qa.sentiment,
--       qa.result_assignment, qa.activation, qa.rule_text;
--
-- Rows of a result never change: result_id is a hash of its inputs. Whether a result counts is said by
-- qa.result_assignment alone, so the same result may count, be superseded, and count again.

CREATE TABLE IF NOT EXISTS qa.result
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    result_id String COMMENT '结果编号 / result id',
    transcript_id Nullable(String) COMMENT '转写编号，未转写则为空 / transcript id, null where there was none',
    ruleset_id LowCardinality(String) COMMENT '规则集 / rule set',
    ruleset_hash LowCardinality(String) COMMENT '规则集散列 / hash of the rule set',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    scorecard_hash LowCardinality(String) COMMENT '评分卡散列 / hash of the scorecard',
    status LowCardinality(String) COMMENT '状态：SCORED、EXCLUDED / status',
    exclusion LowCardinality(Nullable(String)) COMMENT '排除原因 / reason of exclusion',
    score Nullable(Float64) COMMENT '交互得分，由各坐席段得出 / score of the interaction, derived from its legs',
    review_pending UInt8 COMMENT '是否待人工复核 / 1 where a person must decide something',
    content_digest String COMMENT '内容摘要：相同则结果未变 / digest of what a reader sees; equal means unchanged',
    leg_count UInt16 COMMENT '评分的坐席段数 / scored legs',
    finding_count UInt32 COMMENT '发现数 / findings',
    reason_count UInt16 COMMENT '来电原因数 / contact reasons',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id)
COMMENT '质检结果（整次交互），不可变 / result of a whole interaction, immutable';

CREATE TABLE IF NOT EXISTS qa.leg_score
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    result_id String COMMENT '坐席段结果编号 / result id of the leg',
    interaction_result_id String COMMENT '整次交互的结果编号 / result id of the interaction',
    leg Int16 COMMENT '坐席段序号 / leg',
    agent_id String COMMENT '工号 / agent',
    score Nullable(Float64) COMMENT '得分 0-100，无适用项则为空 / score 0-100, null where nothing applied',
    score_before_red_line Nullable(Float64) COMMENT '红线清零前得分 / score before a red line set it to zero',
    earned Float64 COMMENT '得到的权重 / weight earned',
    potential Float64 COMMENT '适用项总权重 / weight of applicable items',
    bonus Float64 COMMENT '加分 / bonus',
    red_line UInt8 COMMENT '是否触红线 / 1 where a red line was crossed',
    review_pending UInt8 COMMENT '是否待人工复核 / 1 where a person must decide something',
    full_service UInt8 COMMENT '是否适用完整流程项 / 1 where items of the full service flow apply',
    content_digest String COMMENT '内容摘要 / digest of what a reader sees',
    item_count UInt16 COMMENT '评分项数 / items'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id)
COMMENT '坐席段得分，不可变 / score of an agent leg, immutable';

CREATE TABLE IF NOT EXISTS qa.score_item
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    result_id String COMMENT '坐席段结果编号 / result id of the leg',
    n UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    item_id LowCardinality(String) COMMENT '评分项 / item',
    item_name LowCardinality(String) COMMENT '评分项名称 / name of the item',
    section LowCardinality(String) COMMENT '章节 / section',
    answer LowCardinality(String) COMMENT '回答 / answer',
    weight Float64 COMMENT '权重 / weight',
    earned Float64 COMMENT '得到的权重 / weight earned',
    red_line UInt8 COMMENT '是否红线项 / 1 for a red-line item',
    reason String COMMENT '理由 / why',
    findings Array(UInt32) COMMENT '依据的发现序号 / n of the findings behind it'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, n)
COMMENT '评分项，不可变 / item of a score, immutable';

CREATE TABLE IF NOT EXISTS qa.finding
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    result_id String COMMENT '交互结果编号 / result id of the interaction',
    n UInt32 COMMENT '行号，从 0 起 / row number, from 0',
    rule_id LowCardinality(String) COMMENT '规则 / rule',
    rule_version LowCardinality(String) COMMENT '规则版本 / version of the rule',
    rule_name LowCardinality(String) COMMENT '规则名称 / name of the rule',
    kind LowCardinality(String) COMMENT '种类：FAULT、CREDIT、SIGNAL、EXEMPTION / kind',
    verdict LowCardinality(String) COMMENT '判定：HIT、UNCERTAIN / verdict',
    doubt LowCardinality(String) COMMENT '存疑原因 / why it is uncertain',
    leg Int16 COMMENT '坐席段序号，-1 为不属于坐席 / leg, -1 where it concerns none',
    evidence_count UInt16 COMMENT '证据数 / pieces of evidence'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, n)
COMMENT '规则命中或存疑，不可变 / a hit or an uncertain verdict of a rule, immutable';

CREATE TABLE IF NOT EXISTS qa.evidence
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    result_id String COMMENT '交互结果编号 / result id of the interaction',
    finding UInt32 COMMENT '发现序号 / n of the finding',
    n UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    operator LowCardinality(String) COMMENT '算子 / operator',
    turn Int32 COMMENT '话轮序号，-1 为由指标判定 / turn, -1 where a measure decided',
    start_offset Int32 COMMENT '起始字符位置 / first code point in the turn',
    end_offset Int32 COMMENT '结束字符位置（不含） / end, exclusive',
    start_ms Int64 COMMENT '起点毫秒 / start, ms',
    end_ms Int64 COMMENT '终点毫秒 / end, ms',
    party LowCardinality(String) COMMENT '说话方 / party',
    sound_alike UInt8 COMMENT '是否仅读音相同 / 1 where it matched by sound alone',
    value Nullable(Float64) COMMENT '实测值 / measured value',
    threshold Nullable(Float64) COMMENT '阈值 / threshold',
    unit LowCardinality(Nullable(String)) COMMENT '单位 / unit'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, finding, n)
COMMENT '证据的位置，不含文字 / where the evidence stands, without words';

CREATE TABLE IF NOT EXISTS qa.contact_reason
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    result_id String COMMENT '交互结果编号 / result id of the interaction',
    n UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    level1 LowCardinality(String) COMMENT '一级原因 / reason, level 1',
    level2 LowCardinality(String) COMMENT '二级原因 / reason, level 2',
    rule_id LowCardinality(String) COMMENT '规则 / rule',
    verdict LowCardinality(String) COMMENT '判定 / verdict',
    turn Int32 COMMENT '话轮序号 / turn',
    is_primary UInt8 COMMENT '是否主要原因 / 1 for the primary reason'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, n)
COMMENT '来电原因，不可变 / contact reason, immutable';

CREATE TABLE IF NOT EXISTS qa.sentiment
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    result_id String COMMENT '交互结果编号 / result id of the interaction',
    n UInt16 COMMENT '行号，从 0 起 / row number, from 0',
    party LowCardinality(String) COMMENT '说话方 / party',
    overall Nullable(Float64) COMMENT '总体情绪 -5 至 +5 / overall, -5 to +5',
    quarter1 Nullable(Float64) COMMENT '第一段 / first quarter',
    quarter2 Nullable(Float64) COMMENT '第二段 / second quarter',
    quarter3 Nullable(Float64) COMMENT '第三段 / third quarter',
    quarter4 Nullable(Float64) COMMENT '第四段 / fourth quarter',
    shift Nullable(Float64) COMMENT '末段减首段 / last minus first'
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, interaction_id, result_id, n)
COMMENT '情绪，不可变 / sentiment of a party, immutable';

-- ReplacingMergeTree keeps the highest version, and the earliest decision must win: version falls as
-- decided_at grows. Its lower 20 bits come from the result, so that two decisions of the same millisecond
-- end alike whatever order they arrive in.
CREATE TABLE IF NOT EXISTS qa.result_assignment
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    leg Int16 COMMENT '坐席段序号，-1 为整次交互 / leg, -1 for the whole interaction',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    record_version Int64 COMMENT '记录版本 / record version',
    activation_seq Int64 COMMENT '启用序号 / activation of the rules',
    result_id String COMMENT '生效的结果 / the result that counts',
    interaction_result_id String COMMENT '整次交互的结果 / result of the whole interaction',
    decided_at DateTime64(3, 'UTC') COMMENT '判定时间：评分记录的 Kafka 时间 / Kafka timestamp of the scored record',
    source_topic LowCardinality(String) COMMENT '来源主题 / topic of the completed event',
    source_partition Int32 COMMENT '来源分区 / partition of the completed event',
    source_offset Int64 COMMENT '来源偏移量 / offset of the completed event',
    version UInt64 COMMENT '越早越大：先判定者生效 / the earlier the higher: the first decision wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id, leg, scorecard_id, record_version, activation_seq)
COMMENT '哪个结果从何时起生效 / which result counts from when';

CREATE TABLE IF NOT EXISTS qa.activation
(
    activation_seq Int64 COMMENT '启用序号，回到旧规则也是新序号 / sequence; going back to older rules is a new one',
    scope LowCardinality(String) COMMENT '范围：BASE 日常质检，CAMPAIGN 专项质检 / BASE or CAMPAIGN',
    ruleset_id LowCardinality(String) COMMENT '规则集 / rule set',
    ruleset_hash String COMMENT '规则集散列 / hash of the rule set',
    language LowCardinality(String) COMMENT '规则集的语言 / language the rule set serves',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    scorecard_hash String COMMENT '评分卡散列 / hash of the scorecard',
    activated_at DateTime64(3, 'UTC') COMMENT '启用时间 / activated',
    activated_by String COMMENT '启用人 / by whom',
    note String COMMENT '说明 / note',
    version UInt64 COMMENT '越早越大：先启用者生效 / the earlier the higher'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (activation_seq, ruleset_id, scorecard_id)
COMMENT '规则与评分卡的启用记录 / activations of rules and scorecards';

-- The very text behind every hash, so that an old score can be explained with the rules that made it.
CREATE TABLE IF NOT EXISTS qa.rule_text
(
    content_hash String COMMENT '内容散列 / hash of the parsed content',
    file_id LowCardinality(String) COMMENT '规则集或评分卡编号 / id of the rule set or scorecard',
    language LowCardinality(String) COMMENT '语言，评分卡为空串 / language, empty for a scorecard',
    text String COMMENT '文件原文 / the file as written' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY content_hash
COMMENT '规则集与评分卡的原文 / texts of rule sets and scorecards';
