"""Names of grains and dimensions for people."""

from tallymark.i18n import Catalogue, mark

PREVIOUS = {
    "day": mark("vs day before"),
    "week": mark("vs last week"),
    "month": mark("vs last month"),
    "quarter": mark("vs last quarter"),
    "year": mark("vs last year"),
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


def worded(table: dict[str, str], key: str, texts: Catalogue, **values: object) -> str:
    """The table's text for `key`; a dimension that a pack brought itself is called by its own name."""
    return texts.gettext(table.get(key, key.replace("_", " ").capitalize()), **values)
