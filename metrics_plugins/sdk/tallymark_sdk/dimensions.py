"""Breakdowns: how a row finds its member of a dimension.

Each dimension is a list of paths, tried in order: a column of the row itself ("region_id"), or a column of a
row it points to ("account_id.region_id"). The order is the definition: a row's own region comes before its
account's, and that before its rep's. Rows that know their owners of then (`ownership.with_owners_then`) are counted
by those.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk.errors import TallymarkError, did_you_mean
from tallymark_sdk.links import follow
from tallymark_sdk.model import DATASETS, Kind
from tallymark_sdk.ownership import DEALS, OWNED, THEN_REGION, THEN_REP, THEN_TEAM
from tallymark_sdk.splits import split_by_lines, splits_rows

UNASSIGNED = "unassigned"
"""The member of rows that have none, so that the parts still sum to the whole."""

PATHS: Mapping[str, tuple[str, ...]] = {
    "rep": ("rep_id",),
    "team": ("team_id", "rep_id.team_id"),
    "department": ("department", "rep_id.department"),
    "region": ("region_id", "account_id.region_id", "rep_id.region_id"),
    "account": ("account_id",),
    "source": ("source",),
    "channel": ("channel",),
    "origin": ("origin",),
    "stage": ("stage_id",),
    "pipeline": ("pipeline_id",),
    "order": ("order_id",),
    "campaign": ("campaign_id",),
    "referring_account": ("referrer_account_id",),
    "segment": ("segment", "account_id.segment"),
    "loss_reason": ("loss_reason",),
    "product": ("product_id",),
    "product_group": ("product_group", "product_id.product_group"),
}

IDENTITIES: Mapping[str, str] = {"rep": "reps", "team": "teams", "region": "regions", "product": "products",
                                 "account": "accounts", "campaign": "campaigns", "order": "orders",
                                 "stage": "stages"}  # fmt: skip
"""Dimensions whose members are the rows of a dataset; in that dataset a row is its own member."""

TARGETS: Mapping[str, str] = {"rep_id": "reps", "account_id": "accounts", "product_id": "products"}
"""The dataset that each id of a path points to."""

CROSS = " x "
"""Between two dimensions that are crossed, as in "rep x product_group"; their members stand as "An × tools"."""

BANDS: tuple[tuple[int, str], ...] = (
    (14, "0-14"),
    (30, "15-30"),
    (60, "31-60"),
    (90, "61-90"),
    (180, "91-180"),
)
LONGEST_BAND = "over 180"

COMPUTED = ("customer_type", "duration_band")
BY_COLUMN = ("plan", "icp_fit", "competitor", "skill", "ageing_band")
"""Breakdowns of the catalogue that are simply a column of the rows; so is any other column of text."""
DIMENSIONS: tuple[str, ...] = (*PATHS, *COMPUTED, *BY_COLUMN)

_NO_MEMBERS = ("id", "source_id", "custom", "currency")


class UnknownDimension(TallymarkError):
    """No such breakdown, or none over this dataset."""


def with_member(rows: ir.Table, dimension: str, *, grain: str, day: str | None, model: Mapping[str, ir.Table],
                name: str) -> ir.Table:  # fmt: skip
    """`rows` with a text column `name`: each row's member, `UNASSIGNED` where it has none.

    Rows are never multiplied, but for opportunities by the products of their lines (see `splits`).

    Args:
        grain: the dataset whose rows these are.
        day: the column that says when the row happened; None for stocks, which have no one day.
        model: every dataset's table, to follow ids.

    Raises:
        UnknownDimension: the dimension doesn't exist, or can't be had for these rows.
    """
    if CROSS in dimension:
        return _with_cross(rows, dimension, grain=grain, day=day, model=model, name=name)
    if dimension == "customer_type":
        return _with_customer_type(rows, day, model, name)
    if dimension == "duration_band":
        return _with_duration_band(rows, name)
    if IDENTITIES.get(dimension) == grain:
        return rows.mutate(**{name: rows.id})
    rows, candidates = _candidates(rows, dimension, grain, model)
    if not candidates:
        if dimension not in DIMENSIONS:
            raise UnknownDimension(
                f'there is no breakdown "{dimension}".{did_you_mean(dimension, DIMENSIONS)}'
            )
        raise UnknownDimension(
            f'{grain} can\'t be broken down by "{dimension}": none of its columns leads there'
        )
    own = ibis.coalesce(*[rows[column].nullif("") for column in candidates])
    if splits_rows(dimension, grain):
        rows = split_by_lines(rows, own, dimension, model, name, UNASSIGNED)
    else:
        rows = rows.mutate(**{name: own.fill_null(UNASSIGNED)})
    return rows.drop(*[column for column in rows.columns if column.startswith("_via_")])


def _candidates(
    rows: ir.Table, dimension: str, grain: str, model: Mapping[str, ir.Table]
) -> tuple[ir.Table, list[str]]:
    """The columns that may hold the member, the first that does counting; those reached elsewhere start with _via_."""
    if dimension in OWNED and THEN_REP in rows.columns:
        return _candidates_then(rows, dimension, grain, model)
    candidates: list[str] = []
    for path in _paths(dimension):
        rows, found = _reach(rows, path, model)
        candidates.extend(found)
    return rows, candidates


def _candidates_then(
    rows: ir.Table, dimension: str, grain: str, model: Mapping[str, ir.Table]
) -> tuple[ir.Table, list[str]]:
    """The same by the owner then: where history says nothing, the rep's own row of now does.

    What a row says of itself stays first, but for columns that are of now by their meaning: everything about a rep,
    and the team of a deal, which is worth something only while the deal's owner is still the same.
    """
    if dimension == "rep":
        return rows, [THEN_REP]
    own, *_ = PATHS[dimension]
    is_of_now = grain == "reps" or (dimension == "team" and grain in DEALS)
    first: list[str] = []
    for path in PATHS[dimension][1 if is_of_now else 0 : -1]:
        rows, found = _reach(rows, path, model)
        first.extend(found)
    rows, then = _belonged(rows, dimension, model)
    rows = follow(rows, THEN_REP, model["reps"], {"_via_rep": own})
    if not is_of_now or own not in rows.columns:
        return rows, [*first, then, "_via_rep"]
    if "rep_id" in rows.columns:
        rows = rows.mutate(_via_same=ibis.ifelse(rows[THEN_REP] == rows.rep_id, rows[own].nullif(""), None))
        return rows, [*first, then, "_via_same", "_via_rep", own]
    return rows, [*first, then, own]


def _belonged(rows: ir.Table, dimension: str, model: Mapping[str, ir.Table]) -> tuple[ir.Table, str]:
    """The column with the team or region that the owner belonged to then, or with the department of that team."""
    if dimension != "department":
        return rows, {"team": THEN_TEAM, "region": THEN_REGION}[dimension]
    return follow(rows, THEN_TEAM, model["teams"], {"_via_team": "department"}), "_via_team"


def _paths(dimension: str) -> tuple[str, ...]:
    return PATHS.get(dimension, (dimension,))


def available(columns: tuple[str, ...], grain: str) -> tuple[str, ...]:
    """The catalogue's dimensions that rows with these columns can be broken down by."""
    found = [
        dimension
        for dimension, paths in PATHS.items()
        if IDENTITIES.get(dimension) == grain or any(path.partition(".")[0] in columns for path in paths)
    ]
    if "account_id" in columns:
        found.append("customer_type")
    if {"created_on", "closed_on"} <= set(columns):
        found.append("duration_band")
    found.extend(dimension for dimension in BY_COLUMN if dimension in columns)
    return tuple(found)


def _with_cross(rows: ir.Table, dimension: str, *, grain: str, day: str | None, model: Mapping[str, ir.Table],
                name: str) -> ir.Table:  # fmt: skip
    first, second = dimension.split(CROSS, 1)
    rows = with_member(rows, first, grain=grain, day=day, model=model, name="_first")
    rows = with_member(rows, second, grain=grain, day=day, model=model, name="_second")
    return rows.mutate(**{name: rows["_first"] + " × " + rows["_second"]}).drop("_first", "_second")


def is_known(dimension: str) -> bool:
    """Whether the catalogue has such a breakdown, or a cross of such."""
    return all(each in DIMENSIONS for each in dimension.split(CROSS))


def is_available(dimension: str, columns: Mapping[str, bool], grain: str) -> bool:
    """Whether such rows can be broken down so: by the catalogue's paths, or by a column of words of their own.

    Args:
        columns: the rows' columns, and whether each holds words.
    """
    offered = available(tuple(columns), grain)
    own = {name for name, has_words in columns.items() if has_words and name not in _NO_MEMBERS}
    return all(each in offered or each in own for each in dimension.split(CROSS))


def _reach(rows: ir.Table, path: str, model: Mapping[str, ir.Table]) -> tuple[ir.Table, list[str]]:
    key, _, column = path.partition(".")
    if key not in rows.columns:
        return rows, []
    if not column:
        return rows, [key]
    via = f"_via_{key}_{column}"
    return follow(rows, key, model[TARGETS[key]], {via: column}), [via]


def _with_customer_type(
    rows: ir.Table, day: str | None, model: Mapping[str, ir.Table], name: str
) -> ir.Table:
    if day is None or "account_id" not in rows.columns:
        raise UnknownDimension('only events of an account can be broken down by "customer_type"')
    won = model["opportunities"].filter(lambda t: (t.status == "won") & t.deleted_at.isnull())
    sold = model["orders"].filter(lambda t: (t.status != "cancelled").fill_null(True) & t.deleted_at.isnull())
    firsts = ibis.union(
        won.select(account="account_id", source="source_id", day="closed_on"),
        sold.select(account="account_id", source="source_id", day="ordered_on"),
    )
    first = firsts.group_by(_source="source", _account="account").aggregate(_first=firsts.day.min())
    joined = rows.left_join(first, [rows.source_id == first["_source"], rows.account_id == first["_account"]])
    kind = ibis.ifelse((joined["_first"] < joined[day]).fill_null(False), "existing", "new")
    return joined.select(*[joined[column] for column in rows.columns], **{name: kind})


def _with_duration_band(rows: ir.Table, name: str) -> ir.Table:
    days = rows.closed_on.delta(rows.created_on, unit="day")
    branches = [(days < 0, UNASSIGNED), *[(days <= most, label) for most, label in BANDS]]
    return rows.mutate(
        **{name: ibis.ifelse(days.isnull(), UNASSIGNED, ibis.cases(*branches, else_=LONGEST_BAND))}
    )


def columns_read(dimension: str) -> set[str]:
    """The columns of a row that finding its member may read, besides its key and day; its deal's owner included."""
    if CROSS in dimension:
        return set().union(*(columns_read(each) for each in dimension.split(CROSS)))
    if dimension == "customer_type":
        return {"account_id"}
    if dimension == "duration_band":
        return {"created_on", "closed_on"}
    deal = set(DEALS.values()) if dimension in OWNED else set()
    return deal | {path.partition(".")[0] for path in _paths(dimension)}


def follows_owner(dimension: str) -> bool:
    """Whether it makes a difference to this breakdown who owned a row then."""
    return any(each in OWNED for each in dimension.split(CROSS))


def label_column(dimension: str) -> tuple[str, str] | None:
    """The dataset and column that name this dimension's members to people; None where the member is its own name."""
    target = {**IDENTITIES, "referring_account": "accounts"}.get(dimension)
    if target is None:
        return None
    label = DATASETS[target].label
    return (target, label) if label and DATASETS[target].column(label).kind is Kind.TEXT else None
