-- Reason: a contact reason may come from a model trained on labels, and readers must see which one said so.
-- Rewrites data: no (columns that hold null for what was written before, and a view).
-- Undo: run 0008 again for the view, then ALTER TABLE qa.contact_reason DROP COLUMN source, DROP COLUMN confidence,
-- DROP COLUMN model_hash.

ALTER TABLE qa.contact_reason
    ADD COLUMN IF NOT EXISTS source LowCardinality(Nullable(String)) COMMENT '来源：规则或机器学习，旧记录为空 / RULE, or MODEL where it is machine-learned; null in rows written before',
    ADD COLUMN IF NOT EXISTS confidence Nullable(Float64) COMMENT '机器学习的把握，经校准的概率 / confidence of a machine-learned reason, a calibrated probability',
    ADD COLUMN IF NOT EXISTS model_hash LowCardinality(Nullable(String)) COMMENT '模型文件哈希 / SHA-256 of the model''s file';

CREATE OR REPLACE VIEW qa_bi.v_contact_reason
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    n UInt16 COMMENT '原因序号 / row number of the reason',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    level1 LowCardinality(String) COMMENT '一级原因 / reason, level 1',
    level2 LowCardinality(String) COMMENT '二级原因 / reason, level 2',
    is_primary UInt8 COMMENT '是否主要原因 / 1 for the primary reason',
    verdict LowCardinality(String) COMMENT '判定 / verdict',
    rule_id LowCardinality(String) COMMENT '规则，机器学习的为空串 / rule, empty where machine-learned',
    source LowCardinality(String) COMMENT '来源：规则或机器学习 / RULE, or MODEL where it is machine-learned',
    confidence Nullable(Float64) COMMENT '机器学习的把握 / confidence of a machine-learned reason',
    model_hash LowCardinality(Nullable(String)) COMMENT '模型文件哈希 / SHA-256 of the model''s file',
    source_contact_reason LowCardinality(Nullable(String)) COMMENT '坐席或流程点选的原因 / reason clicked by agent or flow',
    activation_seq Int64 COMMENT '启用序号 / activation of the rules'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    b.tenant_id AS tenant_id, b.interaction_id AS interaction_id, c.n AS n,
    i.business_date AS business_date, i.channel AS channel, i.queue_id AS queue_id,
    c.level1 AS level1, c.level2 AS level2, c.is_primary AS is_primary, c.verdict AS verdict, c.rule_id AS rule_id,
    ifNull(c.source, 'RULE') AS source, c.confidence AS confidence, c.model_hash AS model_hash,
    i.source_contact_reason AS source_contact_reason, b.activation_seq AS activation_seq
FROM qa.base_result AS b
INNER JOIN qa.contact_reason AS c FINAL
    ON c.tenant_id = b.tenant_id AND c.interaction_id = b.interaction_id AND c.result_id = b.result_id
INNER JOIN qa.interaction AS i FINAL
    ON i.tenant_id = b.tenant_id AND i.interaction_id = b.interaction_id
COMMENT '来电原因（当前有效） / contact reasons as they count now';
