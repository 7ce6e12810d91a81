-- Roles for a real ClickHouse server or cluster. Not a migration: the embedded store has no roles, and the
-- names of the users behind them are yours. Run it as an administrator after the migrations; it may be run
-- again. The views of qa_bi run with the rights of whoever applied the migrations (SQL SECURITY DEFINER), so
-- that their readers need no right on qa or qa_content.
--
--   CREATE USER callqa_delivery IDENTIFIED BY '...' DEFAULT ROLE qa_writer;
--   CREATE USER superset IDENTIFIED BY '...' DEFAULT ROLE qa_bi_reader;

-- Delivery: writes facts and words, reads back what it needs to re-use a hearing and to serve status.
CREATE ROLE IF NOT EXISTS qa_writer;
GRANT INSERT, SELECT ON qa.* TO qa_writer;
GRANT INSERT, SELECT ON qa_content.* TO qa_writer;
GRANT SELECT ON qa_bi.* TO qa_writer;

-- Migrations: the owner of tables and views.
CREATE ROLE IF NOT EXISTS qa_owner;
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, ALTER TABLE, ALTER VIEW, DROP TABLE, DROP VIEW, INSERT, SELECT ON qa.* TO qa_owner;
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, ALTER TABLE, ALTER VIEW, DROP TABLE, DROP VIEW, INSERT, SELECT ON qa_content.* TO qa_owner;
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, ALTER TABLE, ALTER VIEW, DROP TABLE, DROP VIEW, INSERT, SELECT ON qa_bi.* TO qa_owner;
GRANT SET DEFINER ON * TO qa_owner;

-- Dashboards and analysts: views only, no words. Grafana's plug-in needs max_execution_time to be changeable.
CREATE SETTINGS PROFILE IF NOT EXISTS qa_bi_limits SETTINGS
    readonly = 1,
    max_execution_time = 60 CHANGEABLE_IN_READONLY,
    max_memory_usage = 8000000000,
    max_result_rows = 5000000,
    result_overflow_mode = 'throw';
CREATE ROLE IF NOT EXISTS qa_bi_reader SETTINGS PROFILE 'qa_bi_limits';
GRANT SELECT ON qa_bi.* TO qa_bi_reader;

-- Inspectors: the words too.
CREATE ROLE IF NOT EXISTS qa_reviewer;
GRANT SELECT ON qa.* TO qa_reviewer;
GRANT SELECT ON qa_bi.* TO qa_reviewer;
GRANT SELECT ON qa_content.* TO qa_reviewer;

-- Operations: the state of the pipeline, no words and no scores.
CREATE ROLE IF NOT EXISTS qa_ops;
GRANT SELECT ON qa.intake TO qa_ops;
GRANT SELECT ON qa.dead_letter TO qa_ops;
GRANT SELECT ON qa.schema_migrations TO qa_ops;
GRANT SELECT ON qa_bi.v_coverage TO qa_ops;
GRANT SELECT ON qa_bi.v_coverage_daily TO qa_ops;
GRANT SELECT ON qa_bi.v_freshness TO qa_ops;
GRANT SELECT ON qa_bi.v_stage TO qa_ops;
