"""PostgreSQL with the tenant's rows in tables: the one that the product brings, started in the benchmark's folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa
import sqlglot
from sqlglot.optimizer.qualify import qualify

from bench.answers import Answers, of_tables
from bench.contestants.compiled import Asked, numbered, plan_of
from bench.contestants.duck import YEAR, period_tables
from bench.contestants.fused import SHARED, STATEMENTS, statement
from bench.contestants.naive import Naive
from bench.question import Question
from tallymark.engine.session import TenantData
from tallymark.services import postgres, running
from tallymark.services.secrets_file import Secrets
from tallymark.settings import Settings
from tallymark_sdk.model import DATASETS

TABLES = (
    *(
        "opportunities",
        "opportunity_lines",
        "stage_history",
        "stages",
        "orders",
        "order_lines",
        "products",
        "invoices",
    ),
    *("payments", "activities", "leads", "accounts", "contacts", "reps", "teams", "regions", "surveys"),
)
"""What the KPIs of the fused statements read."""

INDEXES = {
    "opportunities": ("closed_on", "created_on", "lead_id", "account_id"),
    "orders": ("ordered_on", "account_id"),
    "order_lines": ("order_id",),
    "opportunity_lines": ("opportunity_id",),
    "activities": ("occurred_on", "lead_id"),
    "leads": ("created_on",),
    "stage_history": ("left_on", "opportunity_id"),
    "payments": ("paid_on",),
    "surveys": ("answered_on",),
}

SESSION = (
    "SET work_mem = '256MB'",
    "SET max_parallel_workers_per_gather = 2",
    "SET effective_cache_size = '4GB'",
    "SET jit = off",  # compiling dozens of expressions costs more than it saves here
)

# Rounding half to even is asked for with four places only.
_FUNCTIONS = """
CREATE OR REPLACE FUNCTION round_even(x numeric, places int) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN abs(x * 20000) % 2 = 1 AND trunc(x * 10000) % 2 = 0 THEN trunc(x, 4) ELSE round(x, 4) END $$;
CREATE OR REPLACE FUNCTION round(x double precision, places int) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT round(x::numeric, places) $$;
CREATE OR REPLACE FUNCTION to_bigint(x boolean) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$ SELECT x::int::bigint $$;
DROP CAST IF EXISTS (boolean AS bigint);
CREATE CAST (boolean AS bigint) WITH FUNCTION to_bigint(boolean)
"""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of the superuser of an embedded server that lives as long as the block."""
    home = folder.resolve() / "postgres"
    with running(Settings(data_dir=home), redis=False, durable=False):
        yield postgres.admin_url(Secrets.load(home))


def load(address: str, data: TenantData, schema: str) -> None:
    """Copy the tenant's tables into a schema, with keys and indexes on dates, and gather statistics; once."""
    with psycopg.connect(address) as connection:
        if connection.execute("SELECT to_regnamespace(%s)", [f"{schema}_done"]).fetchone() != (None,):
            return
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(f"SET search_path = {schema}")
        connection.execute(_FUNCTIONS)
        with tempfile.TemporaryDirectory() as folder:
            for name in TABLES:
                _copy(connection, name, data, Path(folder) / "rows.csv")
        connection.execute(f"CREATE SCHEMA {schema}_done")
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _copy(connection: psycopg.Connection, name: str, data: TenantData, file: Path) -> None:
    rows = duckdb.connect().read_parquet([str(path) for path in data.files[name]])
    columns = ", ".join(
        f'"{column}" {"text" if str(kind) == "VARCHAR" else kind}'
        for column, kind in zip(rows.columns, rows.types, strict=True)
    )
    connection.execute(f"CREATE UNLOGGED TABLE {name} ({columns}, PRIMARY KEY (id))")
    rows.write_csv(str(file))
    with (
        file.open("rb") as text,
        connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv, HEADER)") as copy,
    ):
        while chunk := text.read(1 << 20):
            copy.write(chunk)
    for column in INDEXES.get(name, ()):
        connection.execute(f"CREATE INDEX ON {name} ({column})")


class OnPostgres:
    """The hand-written statements, run by PostgreSQL."""

    name = "PostgreSQL, hand-written fused SQL"

    def __init__(self, address: str, schema: str, question: Question) -> None:
        self.address, self.schema, self.question = address, schema, question

    def open(self) -> None:
        """Connect, with the tables of periods."""
        self.connection = psycopg.connect(self.address, autocommit=True)
        self.connection.execute(f"SET search_path = pg_temp, {self.schema}")
        for setting in SESSION:
            self.connection.execute(setting)
        for name, table in self._period_tables().items():
            columns = ", ".join(f"{field.name} {_type(field.type)}" for field in table.schema)
            self.connection.execute(f"CREATE TEMP TABLE {name} ({columns})")
            with self.connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for row in table.to_pylist():
                    copy.write_row(list(row.values()))
            self.connection.execute(f"ANALYZE {name}")

    def _period_tables(self) -> dict[str, pa.Table]:
        return period_tables(self.question)

    def ask(self) -> list[pa.Table]:
        """Every statement's rows."""
        for name in SHARED:
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")
            self.connection.execute(statement(name))
            self.connection.execute(f"ANALYZE {name}")
        return [self._rows(statement(name)) for name in STATEMENTS]

    def _rows(self, query: str) -> object:
        cursor = self.connection.execute(query)
        return [column.name for column in cursor.description or ()], cursor.fetchall()

    def read(self, asked: Sequence[tuple[list[str], list[tuple[object, ...]]]]) -> Answers:
        """The rows in the common form."""
        return of_tables((Rows(names, rows) for names, rows in asked), YEAR)

    def close(self) -> None:
        """Disconnect."""
        self.connection.close()


class NaiveOnPostgres(OnPostgres):
    """The compiled SQL, one KPI and breakdown at a time, translated to PostgreSQL's words.

    Args:
        sample: how many pairs of KPI and breakdown are run; the time is to be multiplied by `share`.
    """

    name = "PostgreSQL, one query a KPI and breakdown"

    def __init__(
        self, address: str, schema: str, question: Question, data: TenantData, *, sample: int | None = None
    ) -> None:
        super().__init__(address, schema, question)
        self.naive = Naive(data, question, sample=sample)

    def open(self) -> None:
        """Compile, translate, and connect."""
        self.naive.open()
        self.naive.connection.close()
        self.share = self.naive.share
        self.translated = [translated(query.sql) for query in self.naive.queries]
        super().open()

    def _period_tables(self) -> dict[str, pa.Table]:
        return numbered(plan_of(self.question).periods)

    def ask(self) -> list[pa.Table]:
        """Every query's rows."""
        return [self._rows(query) for query in self.translated]

    def read(self, asked: Sequence[tuple[list[str], list[tuple[object, ...]]]]) -> Answers:
        """The cells: the formulas' arithmetic over the queries' figures."""
        return self.naive.read(
            [
                Asked(
                    query,
                    pa.table(dict(zip(map(str, range(len(names))), _columns(names, rows), strict=True))),
                )
                for query, (names, rows) in zip(self.naive.queries, asked, strict=True)
            ]
        )


def translated(query: str) -> str:
    """DuckDB's SQL in PostgreSQL's words, with every star written out."""
    tree = qualify(sqlglot.parse_one(query, read="duckdb"), schema=dict(_model()), dialect="duckdb")
    return tree.sql(dialect="postgres")


@cache
def _model() -> dict[str, dict[str, str]]:
    """Table → column → type, as far as writing out stars needs it."""
    known = {name: dict.fromkeys(each.stored_schema.names, "text") for name, each in DATASETS.items()}
    of_periods = ("period", "first", "beyond", "day")
    return known | {
        "periods": dict.fromkeys(of_periods[:3], "text"),
        "days": dict.fromkeys(of_periods[::3], "text"),
    }


def _columns(names: list[str], rows: list[tuple[object, ...]]) -> list[pa.Array]:
    return (
        [pa.array(list(column)) for column in zip(*rows, strict=True)]
        if rows
        else [pa.nulls(0) for _ in names]
    )


class Rows:
    """Rows with names, as much like an Arrow table as reading them needs."""

    def __init__(self, names: list[str], rows: list[tuple[object, ...]]) -> None:
        self.column_names, self.rows = names, rows

    def to_pylist(self) -> list[dict[str, object]]:
        """One mapping a row."""
        return [dict(zip(self.column_names, row, strict=True)) for row in self.rows]


def _type(kind: pa.DataType) -> str:
    return {"date32[day]": "date", "bool": "boolean"}.get(str(kind), "bigint")
