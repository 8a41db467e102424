"""One landing: what it works with, and when it may write a change file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from tallymark.lake.derive import Derivation, Tally
from tallymark.lake.parquet import Footer
from tallymark.lake.rates import Rates
from tallymark.lake.values import Snapshot
from tallymark_sdk.model import SCHEMA_VERSION, Dataset
from tallymark_tenants.profile import TenantProfile

RATES = "fx_rates"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """When a landing writes a change file instead of the whole snapshot.

    Not below `floor` rows, where writing everything costs less than reading two files ever after; not where the
    change files would hold more than `share` of the base's rows. At `files` change files, they become one.
    """

    floor: int = 50_000
    share: float = 0.1
    files: int = 4


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What one landing works with."""

    dataset: Dataset
    carried: tuple[str, ...]  # its columns that only the current snapshot has
    profile: TenantProfile
    tenant_folder: Path
    folder: Path
    incoming: Path | None
    current: Snapshot | None
    sources: Mapping[str, Snapshot]  # the datasets that rates and dates are taken from
    now: datetime
    replace: bool

    @property
    def as_of(self) -> date:
        """The snapshot's date in the tenant's zone."""
        return self.now.astimezone(ZoneInfo(self.profile.timezone)).date()

    @property
    def stored(self) -> tuple[Path, ...]:
        """The current snapshot's files."""
        return self.current.files if self.current else ()

    @property
    def hashed(self) -> pa.Schema:
        """The columns that an import fills, whose hash tells whether a row changed."""
        return pa.schema([each for each in self.dataset.import_schema if each.name not in self.carried])

    def footer(self, tally: Tally | None = None) -> Footer:
        """The footer of what this landing derives."""
        return Footer(
            tenant=str(self.profile.id),
            dataset=self.dataset.name,
            schema_version=SCHEMA_VERSION,
            zone=self.profile.timezone,
            currency=self.profile.currency,
            as_of=self.as_of.isoformat(),
            references={name: str(snapshot.id) for name, snapshot in sorted(self.sources.items())},
            **vars(tally or Tally()),
        )

    def derivation(self) -> Derivation:
        """What makes the derived columns."""
        rates = self.sources.get(RATES)
        return Derivation(
            dataset=self.dataset,
            zone=self.profile.timezone,
            currency=self.profile.currency,
            as_of=self.as_of,
            rates=Rates.read(rates.files) if rates else None,
        )

    def dates(self) -> list[tuple[str, Sequence[Path]]]:
        """The money dates that lie in other datasets, with those datasets' files."""
        found: list[tuple[str, Sequence[Path]]] = []
        for path in money_paths(self.dataset):
            source = self.sources.get(self.dataset.references[path.partition(".")[0]])
            found.append((path, source.files if source else ()))
        return found


def money_paths(dataset: Dataset) -> list[str]:
    """The dataset's money dates that lie in other datasets."""
    return [path for path in dataset.money_dates if "." in path]
