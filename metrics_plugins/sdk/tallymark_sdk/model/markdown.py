"""The reference of the datasets as Markdown, from their declarations."""

from collections.abc import Iterable, Iterator
from typing import Final

from tallymark_sdk.model.catalogue import SCHEMA_VERSION
from tallymark_sdk.model.column import Column, Kind
from tallymark_sdk.model.types import Dataset

KINDS: Final = {
    Kind.ID: "the source's own id of a row, as text",
    Kind.TEXT: "free text",
    Kind.CHOICE: "one of the values listed",
    Kind.FLAG: "true or false",
    Kind.TIMESTAMP: "a moment in UTC, to the microsecond; its name ends in `_at`",
    Kind.DATE: "a calendar day without a time zone",
    Kind.MONEY: "an exact amount with 4 decimal places in the row's `currency`, 18 digits in all",
    Kind.DECIMAL: "an exact number, with 6 decimal places unless said otherwise",
    Kind.INTEGER: "a whole number of 64 bits",
    Kind.JSON: "JSON as text",
}
_HEAD = """# Datasets

The canonical model, version {version}: what files, CRMs and other sources fill, and what metrics read. This page is
written by `tallymark datasets docs` from the declarations; change those. Datasets of installed packs are shown by
`tallymark datasets list` and `tallymark datasets show NAME`.

A row's key is `(source_id, id)`: ids are the source's own, and refer to rows of the same source. A row that the
source deletes stays and counts in no number. An empty cell means "unknown", never 0 or "no".

| kind | what it holds |
| --- | --- |
{kinds}

What the load makes: for every `x_at` the local day `x_on` in the tenant's time zone; for every amount `x` the same in
the tenant's currency, `x_base`, at the rate of the row's own day (without a rate it is empty, and the row is left
out of sums of money and counted). The columns made are listed under each table; they are never imported.

## In every dataset

{common}
"""


def reference(datasets: Iterable[Dataset]) -> str:
    """The whole page: kinds, common columns, then each dataset."""
    listed = list(datasets)
    return "\n".join(
        [
            _HEAD.format(
                version=SCHEMA_VERSION,
                kinds="\n".join(f"| {kind} | {text} |" for kind, text in KINDS.items()),
                common=_table(_common(listed[0])) + "\n\n" + _made(_common(listed[0])),
            ),
            *(section(each) for each in listed),
        ]
    )


def section(dataset: Dataset) -> str:
    """One dataset: meaning, columns, and what the load makes of them."""
    shared = {column.name for column in _common(dataset)}
    own = [column for column in dataset.import_columns if column.name not in shared]
    facts = [f"## {dataset.name}", "", " ".join([dataset.description, *_facts(dataset)]), "", _table(own), ""]
    if made := _made(own):
        facts += [made, ""]
    return "\n".join(facts)


def _facts(dataset: Dataset) -> Iterator[str]:
    if dataset.label:
        yield f"A row is shown to people by its `{dataset.label}`."
    if dataset.has_money:
        days = ", else ".join(f"`{path}`" for path in dataset.money_dates)
        yield (f"Exchange rate of the day of {days}, else" if days else "Exchange rate") + " of the snapshot."


def _common(dataset: Dataset) -> list[Column]:
    own = {column.name for column in dataset.columns} | {"currency"}
    return [column for column in dataset.stored_columns if not column.derived and column.name not in own]


def _table(columns: Iterable[Column]) -> str:
    rows = [f"| `{each.name}` | {each.kind} | {each.unit or ''} | {_meaning(each)} |" for each in columns]
    return "\n".join(["| column | kind | unit | meaning |", "| --- | --- | --- | --- |", *rows])


def _meaning(column: Column) -> str:
    said = [column.description]
    if column.refers_to:
        said.append(f"Refers to [{column.refers_to}](#{column.refers_to}).")
    if column.choices:
        said.append(f"One of {', '.join(f'`{choice}`' for choice in column.choices)}.")
    if column.places is not None:
        said.append(f"{column.places} decimal places.")
    if column.source:
        said.append(f"Source: {column.source}.")
    return " ".join(said).replace("|", "\\|")


def _made(columns: Iterable[Column]) -> str:
    made = [each.derivative.name for each in columns if each.derivative]
    return f"Made at load: {', '.join(f'`{name}`' for name in made)}." if made else ""
