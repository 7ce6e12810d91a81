"""The embedded ClickHouse: chDB behind ClickHouse's own HTTP interface, one process per directory.

clickhouse-connect, SQLAlchemy ``clickhousedb://``, BI tools and curl talk to it as to a ClickHouse server, so
the product has one code path for its store. What it does not speak is refused with ClickHouse's code 48
(NOT_IMPLEMENTED), never silently ignored.
"""
