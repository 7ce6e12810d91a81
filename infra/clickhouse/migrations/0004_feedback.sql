-- Reason: alerts, survey answers and reviews by people.
-- Rewrites data: no.
-- Undo: DROP TABLE qa.alert, qa.survey, qa.review;

-- A replay under other rules raises the same alert_id again; the first raising counts, since the delay
-- from the end of the interaction to the alert is measured on it.
CREATE TABLE IF NOT EXISTS qa.alert
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    alert_id String COMMENT '预警编号 / alert id',
    kind LowCardinality(String) COMMENT '种类：AGENT_CARE、SUPERVISOR、COMPLAINT / kind',
    record_version Int64 COMMENT '记录版本 / record version',
    rule_id LowCardinality(String) COMMENT '规则 / rule',
    rule_name LowCardinality(String) COMMENT '规则名称 / name of the rule',
    leg Int16 COMMENT '坐席段序号 / leg',
    agent_id Nullable(String) COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    ended_at DateTime64(3, 'UTC') COMMENT '交互结束时间 / the interaction ended',
    raised_at DateTime64(3, 'UTC') COMMENT '预警的 Kafka 时间 / Kafka timestamp of the alert',
    party LowCardinality(String) COMMENT '说话方 / party',
    turn Int32 COMMENT '话轮序号 / turn',
    start_ms Int64 COMMENT '起点毫秒 / start, ms',
    end_ms Int64 COMMENT '终点毫秒 / end, ms',
    linked_interaction_ids Array(String) COMMENT '关联的交互 / linked interactions',
    version UInt64 COMMENT '越早越大：首次预警生效 / the earlier the higher: the first raising wins',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id, alert_id)
COMMENT '预警 / alert';

-- An answer inside the completed event and one from the survey topic share the key. The latest
-- answered_at wins; at equal times the survey topic does.
CREATE TABLE IF NOT EXISTS qa.survey
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    offered_at Nullable(DateTime64(3, 'UTC')) COMMENT '邀评时间 / offered',
    answered_at Nullable(DateTime64(3, 'UTC')) COMMENT '作答时间，空为未答 / answered, null where not',
    via LowCardinality(Nullable(String)) COMMENT '方式 / by which way',
    score Nullable(Float64) COMMENT '原始分值 / score as answered',
    scale_min Float64 COMMENT '量表最低分 / worst value of the scale',
    scale_max Float64 COMMENT '量表最高分 / best value of the scale',
    resolved LowCardinality(String) COMMENT '客户自述是否解决 / the customer says it was solved',
    has_comment UInt8 COMMENT '是否有留言 / 1 where there is a comment',
    embedded UInt8 COMMENT '是否随交互事件到达 / 1 where it came inside the completed event',
    version UInt64 COMMENT '作答时间越晚越大 / grows with answered_at',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, interaction_id)
COMMENT '满意度评价 / satisfaction survey';

CREATE TABLE IF NOT EXISTS qa.review
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    review_id String COMMENT '复核编号 / review id',
    result_id String COMMENT '被复核的结果 / result under review',
    rule_id LowCardinality(String) COMMENT '规则 / rule',
    item_id LowCardinality(Nullable(String)) COMMENT '评分项 / item',
    leg Int16 COMMENT '坐席段序号 / leg',
    kind LowCardinality(String) COMMENT '复核原因 / why a person looked',
    decision LowCardinality(String) COMMENT '复核结论 / decision',
    reviewer_id String COMMENT '复核人 / reviewer',
    reviewed_at DateTime64(3, 'UTC') COMMENT '复核时间 / reviewed',
    has_comment UInt8 COMMENT '是否有说明 / 1 where there is a comment',
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT '写入时间 / when this row was written'
)
ENGINE = ReplacingMergeTree(reviewed_at)
ORDER BY (tenant_id, interaction_id, review_id)
COMMENT '人工复核，机器判定不被覆盖 / review by a person; the machine verdict is never overwritten';
