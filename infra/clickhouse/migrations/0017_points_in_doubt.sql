-- Reason: only the points in doubt leave the sums of a score, and the receipt shows how many that were.
-- Rewrites data: no (a column that is 0 for what was written before, and a view).
-- Undo: run 0008 again for the view, then ALTER TABLE qa.score_item DROP COLUMN in_doubt.

ALTER TABLE qa.score_item
    ADD COLUMN IF NOT EXISTS in_doubt Float64 COMMENT '存疑权重，分子分母均不计 / weight in doubt, in neither sum' AFTER earned;

CREATE OR REPLACE VIEW qa_bi.v_score_item
(
    tenant_id LowCardinality(String) COMMENT '租户 / tenant',
    interaction_id String COMMENT '交互编号 / interaction id',
    leg Int16 COMMENT '坐席段序号 / leg',
    n UInt16 COMMENT '评分项序号 / row number of the item',
    business_date Date32 COMMENT '业务日期 / business day',
    channel LowCardinality(String) COMMENT '渠道 / channel',
    agent_id String COMMENT '工号 / agent',
    team_id LowCardinality(Nullable(String)) COMMENT '班组 / team',
    queue_id LowCardinality(Nullable(String)) COMMENT '队列 / queue',
    scorecard_id LowCardinality(String) COMMENT '评分卡 / scorecard',
    item_id LowCardinality(String) COMMENT '评分项 / item',
    item_name LowCardinality(String) COMMENT '评分项名称 / name of the item',
    section LowCardinality(String) COMMENT '章节 / section',
    answer LowCardinality(String) COMMENT '回答 / answer',
    applicable UInt8 COMMENT '分母：是否计入（通过或不通过） / denominator: 1 where it counts (PASS or FAIL)',
    passed UInt8 COMMENT '分子：是否通过 / numerator: 1 where passed',
    weight Float64 COMMENT '权重 / weight',
    earned Float64 COMMENT '得到的权重 / weight earned',
    in_doubt Float64 COMMENT '存疑权重，分子分母均不计 / weight in doubt, in neither sum',
    red_line UInt8 COMMENT '是否红线项 / 1 for a red-line item',
    reason String COMMENT '理由 / why',
    findings Array(UInt32) COMMENT '依据的发现序号 / n of the findings behind it',
    result_id String COMMENT '坐席段结果编号 / result id of the leg',
    interaction_result_id String COMMENT '交互结果编号 / result id of the interaction'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    s.tenant_id AS tenant_id, s.interaction_id AS interaction_id, s.leg AS leg, t.n AS n,
    s.business_date AS business_date, s.channel AS channel, s.agent_id AS agent_id, s.team_id AS team_id,
    s.queue_id AS queue_id, s.scorecard_id AS scorecard_id,
    t.item_id AS item_id, t.item_name AS item_name, t.section AS section, t.answer AS answer,
    t.answer IN ('PASS', 'FAIL') AS applicable, t.answer = 'PASS' AS passed,
    t.weight AS weight, t.earned AS earned, t.in_doubt AS in_doubt,
    t.red_line AS red_line, t.reason AS reason, t.findings AS findings,
    s.result_id AS result_id, s.interaction_result_id AS interaction_result_id
FROM qa_bi.v_score AS s
INNER JOIN qa.score_item AS t FINAL
    ON t.tenant_id = s.tenant_id AND t.interaction_id = s.interaction_id AND t.result_id = s.result_id
COMMENT '评分项（当前有效） / items of each score as it counts now';
