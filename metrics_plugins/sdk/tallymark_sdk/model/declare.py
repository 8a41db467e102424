"""Short ways to declare columns, so that the dataset modules read like the tables they describe."""

from tallymark_sdk.model.column import Column, Kind


def ref(name: str, dataset: str, description: str) -> Column:
    """The id of a row of another dataset."""
    return Column(name=name, kind=Kind.ID, description=description, refers_to=dataset)


def source_key(name: str, description: str) -> Column:
    """An id of the source's that no dataset of the model lists."""
    return Column(name=name, kind=Kind.ID, description=description)


def text(name: str, description: str, *, source: str | None = None) -> Column:
    """Free text."""
    return Column(name=name, kind=Kind.TEXT, description=description, source=source)


def choice(name: str, description: str, *choices: str, source: str | None = None) -> Column:
    """One of the listed values."""
    return Column(name=name, kind=Kind.CHOICE, description=description, choices=choices, source=source)


def flag(name: str, description: str) -> Column:
    """True or false."""
    return Column(name=name, kind=Kind.FLAG, description=description)


def moment(name: str, description: str) -> Column:
    """A time in UTC; its name ends in `_at`."""
    return Column(name=name, kind=Kind.TIMESTAMP, description=description)


def day(name: str, description: str) -> Column:
    """A calendar date without a time zone."""
    return Column(name=name, kind=Kind.DATE, description=description)


def money(name: str, description: str) -> Column:
    """An amount in the row's currency."""
    return Column(name=name, kind=Kind.MONEY, description=description, unit="currency")


def decimal(name: str, description: str, unit: str | None = None, *, places: int | None = None) -> Column:
    """An exact number with six decimal places, or as many as `places` says."""
    return Column(name=name, kind=Kind.DECIMAL, description=description, unit=unit, places=places)


def integer(name: str, description: str, unit: str | None = None) -> Column:
    """A whole number."""
    return Column(name=name, kind=Kind.INTEGER, description=description, unit=unit)
