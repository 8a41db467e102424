"""Datasets and columns that installed packs add to the model, each pack taken on its own.

A pack names them by an entry point of the group `tallymark.datasets`: its name is the pack's family, its value
`module:DATASETS` (or a module that has `DATASETS`), a tuple of `Dataset` and `Extension`. Whatever is refused is
kept with its reason, and everything else of every pack is there.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from tallymark_sdk.model.column import NAME, Column, Kind, ModelError
from tallymark_sdk.model.spelling import did_you_mean
from tallymark_sdk.model.types import Dataset

ENTRY_POINT_GROUP: Final = "tallymark.datasets"
_ATTRIBUTE = "DATASETS"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """Columns that a pack adds to a dataset, each named `<family>_…`.

    `money_date` names the column that picks the exchange rate of added amounts, for a dataset that has none yet;
    without one, amounts are converted at the snapshot's date.
    """

    dataset: str
    columns: tuple[Column, ...]
    money_date: str | None = None


@dataclass(frozen=True, kw_only=True)
class RefusedDataset:
    """What a pack declares for the model and does not get, with the reason for the operator."""

    family: str
    distribution: str
    version: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Model:
    """The datasets by name, the canonical ones first, and what was refused."""

    datasets: Mapping[str, Dataset]
    refused: tuple[RefusedDataset, ...]


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """One thing that a pack declares."""

    family: str
    distribution: str
    version: str
    item: Dataset | Extension

    @property
    def name(self) -> str:
        """What a reason is about."""
        return self.item.name if isinstance(self.item, Dataset) else self.item.dataset

    def refused(self, reason: str) -> RefusedDataset:
        """The same, refused."""
        return RefusedDataset(
            family=self.family,
            distribution=self.distribution,
            version=self.version,
            reason=f"{self.name}: {reason}",
        )


def installed() -> list[EntryPoint]:
    """The installed entry points, in an order that does not depend on the file system."""
    return sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: (point.name, point.value))


def with_packs(canonical: Mapping[str, Dataset], points: Iterable[EntryPoint]) -> Model:
    """The canonical datasets with what the packs behind the entry points add to them."""
    offers, refused = list[_Offer](), list[RefusedDataset]()
    for point in points:
        try:
            offers += _offers(point)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:  # noqa: BLE001  whatever a stranger's module raises is its own verdict
            reason = f"its datasets could not be loaded: {_said(error)}"
            refused.append(RefusedDataset(**_owner(point), reason=reason))
    # In this order, so that a name a pack has no right to takes nothing from the pack that has it.
    offers = _kept(offers, _misnamed, refused)
    offers = _kept(offers, _Twice(offers), refused)
    # A refused dataset takes those that refer to it with it.
    while len(kept := _kept(offers, _MissingTarget(canonical, offers), refused)) < len(offers):
        offers = kept
    return _built(canonical, offers, refused)


def _offers(point: EntryPoint) -> list[_Offer]:
    found = point.load()
    declared = found if point.attr else getattr(found, _ATTRIBUTE)
    items: Sequence[object] = tuple(declared)
    for item in items:
        if not isinstance(item, Dataset | Extension):
            raise TypeError(f"{point.value} holds {type(item).__name__}, not Dataset or Extension")
        columns = cast("object", item.columns)  # nothing has checked a stranger's types
        if not isinstance(columns, tuple) or not all(isinstance(each, Column) for each in columns):
            raise TypeError(f"the columns of {point.value} must be a tuple of Column")
    return [_Offer(**_owner(point), item=item) for item in items if isinstance(item, Dataset | Extension)]


def _kept(
    offers: Iterable[_Offer], problem: Callable[[_Offer], str | None], refused: list[RefusedDataset]
) -> list[_Offer]:
    kept = []
    for offer in offers:
        if (reason := problem(offer)) is None:
            kept.append(offer)
        else:
            refused.append(offer.refused(reason))
    return kept


def _misnamed(offer: _Offer) -> str | None:
    prefix = f"{offer.family}_"
    if not NAME.fullmatch(offer.family):
        return (
            f'the family "{offer.family}" must be lower case letters, digits and single underscores, '
            "starting with a letter"
        )
    if isinstance(offer.item, Dataset):
        return None if offer.name.startswith(prefix) else f'the name must start with "{prefix}"'
    if not offer.item.columns:
        return "the extension adds no column"
    wrong = [column.name for column in offer.item.columns if not column.name.startswith(prefix)]
    return f'the names of added columns must start with "{prefix}": {", ".join(wrong)}' if wrong else None


class _Twice:
    """Refuses what more than one pack, or one pack more than once, declares: none of them is used."""

    def __init__(self, offers: Iterable[_Offer]) -> None:
        self._claims: dict[str, list[str]] = defaultdict(list)
        for offer in offers:
            for name in _claimed(offer):
                self._claims[name].append(f"{offer.distribution} {offer.version}")

    def __call__(self, offer: _Offer) -> str | None:
        for name in _claimed(offer):
            if len(self._claims[name]) > 1:
                return f"{name} is declared twice, by {' and '.join(self._claims[name])}; neither is used"
        return None


def _claimed(offer: _Offer) -> list[str]:
    if isinstance(offer.item, Dataset):
        return [offer.name]
    return [f"{offer.name}.{column.name}" for column in offer.item.columns]


class _MissingTarget:
    """Refuses what clashes with the canonical model, or points to what is not in the model."""

    def __init__(self, canonical: Mapping[str, Dataset], offers: Iterable[_Offer]) -> None:
        own = {offer.item.name: offer.item for offer in offers if isinstance(offer.item, Dataset)}
        self._canonical = canonical
        self._known = {**own, **canonical}

    def __call__(self, offer: _Offer) -> str | None:
        item = offer.item
        if isinstance(item, Dataset) and item.name in self._canonical:
            return "the canonical model has a dataset of that name; choose another name"
        if isinstance(item, Extension) and item.dataset not in self._known:
            return f"there is no such dataset to extend{did_you_mean(item.dataset, self._known)}"
        for column in item.columns:
            if column.refers_to is not None and column.refers_to not in self._known:
                near = did_you_mean(column.refers_to, self._known)
                return f"{column.name} refers to {column.refers_to!r}, which is no dataset{near}"
        return next(self._unreachable(item), None) if isinstance(item, Dataset) else None

    def _unreachable(self, item: Dataset) -> Iterator[str]:
        for path in item.money_dates:
            column, dot, name = path.partition(".")
            if not dot:
                continue
            there = {each.name: each.kind for each in self._known[item.references[column]].stored_columns}
            if there.get(name) not in (Kind.DATE, Kind.TIMESTAMP):
                yield f"its exchange rate's date {path!r} is not a date or timestamp of that dataset"


def _built(
    canonical: Mapping[str, Dataset], offers: Sequence[_Offer], refused: list[RefusedDataset]
) -> Model:
    own = [offer.item for offer in offers if isinstance(offer.item, Dataset)]
    datasets = dict(canonical) | {item.name: item for item in sorted(own, key=lambda item: item.name)}
    for offer in offers:
        if isinstance(offer.item, Extension):
            try:
                datasets[offer.name] = extended(datasets[offer.name], offer.item)
            except ModelError as error:
                refused.append(offer.refused(str(error)))
    return Model(datasets=datasets, refused=tuple(refused))


def extended(dataset: Dataset, extension: Extension) -> Dataset:
    """The dataset with the added columns. Raises ModelError where they do not fit."""
    if extension.money_date is not None and dataset.money_dates:
        raise ModelError(
            f"its amounts take their exchange rate from {dataset.money_dates[0]}; "
            "leave out the extension's money_date."
        )
    return replace(
        dataset,
        columns=(*dataset.columns, *extension.columns),
        money_date=extension.money_date or dataset.money_date,
    )


def _owner(point: EntryPoint) -> dict[str, str]:
    name, version = (point.dist.name, point.dist.version) if point.dist else (point.module, "unknown")
    return {"family": point.name, "distribution": name, "version": version}


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if not isinstance(error, ModelError) else str(error)
