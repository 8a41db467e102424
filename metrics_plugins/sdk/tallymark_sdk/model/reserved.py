"""Column names that a formula could not read, because ibis gives the same attribute another meaning."""

from typing import Final

# The public attributes of ibis.expr.types.Table and of ibis' deferred expressions, written out so that the
# model can be read without importing ibis. A test compares this list with the installed ibis.
RESERVED_NAMES: Final = frozenset(
    """
    agg aggregate alias anti_join any_inner_join any_left_join as_scalar as_table asof_join bind cache
    cast columns compile count cross_join describe difference distinct drop drop_null dropna equals
    execute fill_null fillna filter get_backend get_name group_by head info inner_join intersect join
    left_join limit mutate nunique op order_by outer_join pipe pivot_longer pivot_wider preview projection
    relocate rename resolve right_join rowid sample schema select semi_join sql to_array to_csv to_delta
    to_json to_pandas to_pandas_batches to_parquet to_parquet_dir to_polars to_pyarrow to_pyarrow_batches
    to_sql to_torch to_xlsx topk try_cast unbind union unnest unpack value_counts view visualize window_by
    """.split()  # noqa: SIM905 (ninety quoted names would hide the one that is missing)
)
