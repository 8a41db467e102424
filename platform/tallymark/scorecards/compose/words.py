"""Names of grains and dimensions for people."""

from tallymark.i18n import Catalogue, mark
from tallymark_sdk.calendars import Period

PREVIOUS = {
    "day": mark("vs day before"),
    "week": mark("vs last week"),
    "month": mark("vs last month"),
    "quarter": mark("vs last quarter"),
    "year": mark("vs last year"),
}
TO_DATE = {
    "day": mark("vs day before"),
    "week": mark("vs last week to date"),
    "month": mark("vs last month to date"),
    "quarter": mark("vs last quarter to date"),
    "year": mark("vs last year to date"),
}
LAST = {
    "day": mark("last %(count)s days"),
    "week": mark("last %(count)s weeks"),
    "month": mark("last %(count)s months"),
    "quarter": mark("last %(count)s quarters"),
    "year": mark("last %(count)s years"),
}
MEMBER = {
    "rep": mark("Representative"),
    "team": mark("Team"),
    "department": mark("Department"),
    "region": mark("Region"),
    "account": mark("Account"),
    "source": mark("Source"),
    "channel": mark("Channel"),
    "product": mark("Product"),
    "product_group": mark("Product group"),
    "customer_type": mark("Customer type"),
    "stage": mark("Stage"),
}
MEMBERS = {
    "rep": mark("Representatives"),
    "team": mark("Teams"),
    "department": mark("Departments"),
    "region": mark("Regions"),
    "account": mark("Accounts"),
    "source": mark("Sources"),
    "channel": mark("Channels"),
    "product": mark("Products"),
    "product_group": mark("Product groups"),
    "customer_type": mark("Customer types"),
    "stage": mark("Stages"),
}


def versus(before: Period | None, grain: str, texts: Catalogue) -> str:
    """What a change is measured against: the period before, whole or to the same working day."""
    return worded(TO_DATE if before is not None and not before.is_whole else PREVIOUS, grain, texts)


def versus_year_before(before: Period, texts: Catalogue) -> str:
    """The same for the year before; one that is shifted with a holiday is said to be so."""
    if before.is_whole or before.compared is None:
        return texts.gettext("vs last year")
    if before.days == before.compared.asked.days:
        return texts.gettext("vs last year, aligned to the holiday")
    return texts.gettext("vs last year to date")


def worded(table: dict[str, str], key: str, texts: Catalogue, **values: object) -> str:
    """The table's text for `key`; a dimension that a pack brought itself is called by its own name."""
    return texts.gettext(table.get(key, key.replace("_", " ").capitalize()), **values)
