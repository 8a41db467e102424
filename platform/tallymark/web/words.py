"""What things of the model are called on pages, in the reader's language."""

import re

from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark.web.navigation import calendar_name, dataset_title
from tallymark_sdk.said import mark
from tallymark_tenants.models.tenancy import CALENDARS


def breakdown_title(name: str) -> str:
    """A breakdown as people read it: `product_group` is "Product group", `rep_x_product` "Rep × Product"."""
    return " × ".join(map(dataset_title, re.split(r"[_ ]x[_ ]|_by_|×", name)))


def family_title(name: str) -> str:
    """A family of metrics, and the section that its KPIs stand in; one of a foreign pack keeps its name."""
    return say(name.replace("_", " ").capitalize())


def calendar_names() -> dict[str, str]:
    """The calendars in words."""
    return {name: calendar_name(name) for name in CALENDARS}


def connection_kind(kind: str) -> str:
    """How data comes in through a connection."""
    return {"file": _("File"), "sample": _("Sample company")}.get(kind, kind)


FAMILIES = (
    *(mark("Revenue"), mark("Pipeline"), mark("Conversion"), mark("Deals"), mark("Customers")),
    *(mark("Subscription"), mark("Cost"), mark("Activity"), mark("Cash"), mark("Delivery"), mark("Own")),
    *(mark("People"), mark("Market")),
)
"""Titles of the built-in families, which are stored in English as the sections of KPI sets."""
