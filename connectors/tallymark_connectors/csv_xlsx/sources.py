"""From a mapping's source columns to the texts of a batch: joined, conditional, constant, or turned from wide to long."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tallymark_connectors.csv_xlsx.cells import Cells
from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.mapping import ColumnRule, Unpivot
from tallymark_connectors.csv_xlsx.records import RawBatch
from tallymark_connectors.csv_xlsx.text import header_key, is_nothing, key, tidy
from tallymark_sdk.model import Column, Kind, did_you_mean


class Headers:
    """A file's columns by name; finds them whatever the case and spacing."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._exact = {name: i for i, name in reversed(list(enumerate(names)))}
        self._alike: dict[str, int | None] = {}
        for i, name in enumerate(names):
            alike = header_key(name)
            self._alike[alike] = i if alike not in self._alike else None

    def index(self, name: str, where: str) -> int:
        """The column's position; raises MappingError, naming near ones, if there is none or more than one alike."""
        tidied = " ".join(tidy(name).split())
        if tidied in self._exact:
            return self._exact[tidied]
        found = self._alike.get(header_key(name))
        if found is None:
            known = {n.lower(): n for n in self.names}
            hint = did_you_mean(name, known)
            shown = ", ".join(self.names[:12]) + (", …" if len(self.names) > 12 else "")
            raise MappingError(
                f"{where} wants the source column {name!r}, which the file doesn't have{hint} It has: {shown}."
            )
        return found


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the texts of one canonical column are in a batch."""

    indices: tuple[int, ...]
    constant: str | None
    join: str
    condition: tuple[int, frozenset[str]] | None

    @property
    def columns(self) -> frozenset[int]:
        """The columns of the file that are looked at."""
        return frozenset(self.indices) | ({self.condition[0]} if self.condition else set())

    def cells(self, batch: RawBatch) -> Cells:
        """One text for each record of the batch."""
        if self.constant is not None:
            found = Cells.constant(self.constant, len(batch.lines))
        elif not self.indices:
            found = Cells.of_texts([str(line) for line in batch.lines.tolist()])
        elif len(self.indices) == 1:
            found = batch.columns[self.indices[0]]
        else:
            parts = zip(*(batch.columns[i].texts() for i in self.indices), strict=True)
            found = Cells.of_texts([self._joined(row) for row in parts])
        if self.condition is None:
            return found
        index, wanted = self.condition
        column = batch.columns[index]
        holds = np.array([key(text) in wanted for text in column.distinct], np.bool_)[column.codes]
        texts = found.texts()
        return Cells.of_texts([t if held else "" for t, held in zip(texts, holds.tolist(), strict=True)])

    def _joined(self, parts: tuple[str, ...]) -> str:
        filled = [tidy(part) for part in parts if not is_nothing(part)]
        if self.join == "|":  # an id keeps the place of its empty parts
            return self.join.join("" if is_nothing(p) else tidy(p) for p in parts) if filled else ""
        return self.join.join(filled)


def source_of(column: Column, rule: ColumnRule, headers: Headers) -> Source:
    """Find the rule's source columns in the file; raises MappingError."""
    where = f"columns.{column.name}"
    condition = None
    if rule.when is not None:
        wanted = frozenset(key(value) for value in rule.when.values)
        condition = (headers.index(rule.when.column, where), wanted)
    return Source(
        indices=tuple(headers.index(name, where) for name in rule.sources),
        constant=rule.constant,
        join=rule.join if rule.join is not None else ("|" if column.kind is Kind.ID else " "),
        condition=condition,
    )


def sources_named(rules: Mapping[str, ColumnRule]) -> Iterator[str]:
    """Every source column that the rules name."""
    for rule in rules.values():
        yield from rule.sources
        if rule.when is not None:
            yield rule.when.column


class Melted:
    """Turns the batches of a wide table long: one record for each filled cell of the given columns."""

    def __init__(self, unpivot: Unpivot, headers: Headers) -> None:
        self._wide = [headers.index(name, "unpivot.columns") for name in unpivot.columns]
        self._names = [headers.names[i] for i in self._wide]
        self._kept = [i for i in range(len(headers.names)) if i not in set(self._wide)]
        self.headers = Headers([*(headers.names[i] for i in self._kept), unpivot.name, unpivot.value])

    def batch(self, wide: RawBatch) -> RawBatch:
        """The long form; lines repeat, empty cells make no record."""
        lines: list[int] = []
        columns: list[list[str]] = [[] for _ in self.headers.names]
        *kept, names, values = columns
        cells = [column.texts() for column in wide.columns]
        for row, line in enumerate(wide.lines.tolist()):
            for name, index in zip(self._names, self._wide, strict=True):
                value = cells[index][row]
                if is_nothing(value, typed=True):
                    continue
                lines.append(line)
                names.append(name)
                values.append(value)
                for column, i in zip(kept, self._kept, strict=True):
                    column.append(cells[i][row])
        return RawBatch(
            lines=np.array(lines, np.int64),
            columns=[Cells.of_texts(column) for column in columns],
            rejected=wide.rejected,
        )
