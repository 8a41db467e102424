"""Why an own KPI can't be found, kept or removed."""

from __future__ import annotations


class OwnKpiUnknown(LookupError):
    """The tenant has no such KPI."""


class OwnKpiRefused(ValueError):
    """It can't be kept; the message says why."""


class OwnKpiInUse(OwnKpiRefused):
    """It can't be removed while something stands on it.

    Attributes:
        kpis: the keys of own KPIs that refer to it.
        sets: the names of KPI sets that show it.
    """

    def __init__(self, key: str, *, kpis: tuple[str, ...], sets: tuple[str, ...]) -> None:
        self.key = key
        self.kpis = kpis
        self.sets = sets
        users = [f"the KPI {each}" for each in kpis] + [f'the KPI set "{each}"' for each in sets]
        super().__init__(f"{key} is used by {', '.join(users)}; take it out there first.")
