"""All datasets by name: the canonical model's, and those that installed packs add."""

import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from tallymark_sdk.model import (
    accounts,
    leads,
    orders,
    people,
    pipeline,
    plans,
    products,
    subscriptions,
)
from tallymark_sdk.model.column import ModelError
from tallymark_sdk.model.packs import Model, RefusedDataset, installed, with_packs
from tallymark_sdk.model.spelling import did_you_mean
from tallymark_sdk.model.types import Dataset

# Semantic: a new column or dataset raises the minor number; a removed or changed one the major number.
SCHEMA_VERSION: Final = "1.0.0"

CANONICAL: Final[Mapping[str, Dataset]] = MappingProxyType(
    {
        dataset.name: dataset
        for dataset in (
            leads.LEADS,
            leads.CAMPAIGNS,
            pipeline.OPPORTUNITIES,
            pipeline.OPPORTUNITY_LINES,
            pipeline.STAGE_HISTORY,
            pipeline.OPPORTUNITY_CHANGES,
            pipeline.STAGES,
            accounts.ACCOUNTS,
            accounts.CONTACTS,
            accounts.ACTIVITIES,
            accounts.SURVEYS,
            products.PRODUCTS,
            orders.ORDERS,
            orders.ORDER_LINES,
            orders.INVOICES,
            orders.PAYMENTS,
            orders.DELIVERIES,
            subscriptions.SUBSCRIPTIONS,
            subscriptions.SUBSCRIPTION_CHANGES,
            subscriptions.PRODUCT_USAGE,
            people.REPS,
            people.REP_ASSIGNMENTS,
            people.TEAMS,
            people.REGIONS,
            people.TRAININGS,
            plans.TARGETS,
            plans.COSTS,
            plans.FX_RATES,
            plans.CALENDAR_DAYS,
            products.STOCK_MOVEMENTS,
            products.COMPETITOR_PRICES,
            products.MARKET_SIZES,
        )
    }
)


class UnknownDataset(LookupError):
    """The model has no dataset of that name."""


class _Datasets(Mapping[str, Dataset]):
    """The datasets of this installation; packs are looked for once a process, when somebody first asks."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._mine = threading.local()

    @property
    def model(self) -> Model:
        """The datasets and what was refused. Raises ModelError to a module that asks while it is itself read."""
        if self._model is None:
            # Two threads may both look, and find the same; holding a lock while a pack's module is imported
            # could wait for ever for a thread that imports it too.
            if getattr(self._mine, "looking", False):
                raise ModelError(
                    "The model can't be read while the packs' datasets are being loaded; "
                    "declare datasets in a module that asks for nothing else."
                )
            self._mine.looking = True
            try:
                found = with_packs(CANONICAL, installed())
            finally:
                self._mine.looking = False
            self._model = self._model or found
        return self._model

    def __getitem__(self, name: str) -> Dataset:
        return self.model.datasets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.model.datasets)

    def __len__(self) -> int:
        return len(self.model.datasets)


_FOUND: Final = _Datasets()
DATASETS: Final[Mapping[str, Dataset]] = _FOUND
"""Every dataset by name: the canonical ones in their order, then those of installed packs by name."""


def refused_datasets() -> tuple[RefusedDataset, ...]:
    """What installed packs declare for the model and do not get, each with the reason."""
    return _FOUND.model.refused


def dataset(name: str) -> Dataset:
    """The dataset of that name; raises UnknownDataset, naming the nearest ones."""
    try:
        return DATASETS[name]
    except KeyError:
        raise UnknownDataset(f"There is no dataset {name!r}{did_you_mean(name, DATASETS)}") from None
