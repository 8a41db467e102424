"""All datasets of the canonical model by name."""

from collections.abc import Mapping
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
from tallymark_sdk.model.spelling import did_you_mean
from tallymark_sdk.model.types import Dataset

# Semantic: a new column or dataset raises the minor number; a removed or changed one the major number.
SCHEMA_VERSION: Final = "1.0.0"

DATASETS: Final[Mapping[str, Dataset]] = MappingProxyType(
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


def dataset(name: str) -> Dataset:
    """The dataset of that name; raises UnknownDataset, naming the nearest ones."""
    try:
        return DATASETS[name]
    except KeyError:
        raise UnknownDataset(f"There is no dataset {name!r}{did_you_mean(name, DATASETS)}") from None
