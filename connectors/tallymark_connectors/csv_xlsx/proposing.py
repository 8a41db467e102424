"""Proposing a mapping from what was sniffed: by header synonyms, held against what the columns hold."""

from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, replace
from decimal import Decimal

from tallymark_connectors.csv_xlsx.mapping import ColumnRule, FileOptions, Mapping, Spans
from tallymark_connectors.csv_xlsx.privacy import is_personal
from tallymark_connectors.csv_xlsx.profiling import ColumnKind, ColumnProfile
from tallymark_connectors.csv_xlsx.sniffing import Sniffed
from tallymark_connectors.csv_xlsx.text import header_key, key
from tallymark_connectors.csv_xlsx.words import choice_words, column_ranks
from tallymark_sdk.model import DATASETS, Column, Dataset, Kind, dataset

_DATED = (ColumnKind.DATE, ColumnKind.DATETIME)
_NUMERIC = (ColumnKind.NUMBER, ColumnKind.INTEGER)
_FITS: AbstractMapping[Kind, tuple[ColumnKind, ...]] = {
    Kind.TIMESTAMP: (*_DATED, ColumnKind.INTEGER),
    Kind.DATE: (*_DATED, ColumnKind.INTEGER),
    Kind.MONEY: _NUMERIC,
    Kind.DECIMAL: _NUMERIC,
    Kind.INTEGER: _NUMERIC,
    Kind.FLAG: (ColumnKind.FLAG, ColumnKind.INTEGER),
}
_PREFIXES = ("property ", "hs ", "fivetran ")
# Where one source column also says the other: a deal's stage tells its status, a lead's status what kind it is.
_TOLD_BY = {
    ("opportunities", "status"): "stage_id",
    ("opportunities", "opened_at"): "created_at",
    ("leads", "status_kind"): "status",
}
_NOT_UNIQUE = 500  # how much worse a name fits the id where its values repeat
_OPEN_UNLESS_SAID = (("opportunities", "status"), ("stages", "kind"))
_LARGEST_FILE_BONUS = 4.0


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A dataset that a file may hold; a higher score is more likely."""

    dataset: str
    score: float
    columns: tuple[str, ...]


def guess_dataset(sniffed: Sniffed) -> tuple[Guess, ...]:
    """The datasets a file may hold, likeliest first; those that nothing speaks for are left out."""
    guesses = [guess for name in DATASETS if (guess := _guess(sniffed, DATASETS[name])).score > 0]
    return tuple(sorted(guesses, key=lambda guess: -guess.score))


def _guess(sniffed: Sniffed, model: Dataset) -> Guess:
    matched = _matches(sniffed, model)
    own = [name for name, (_, rank) in matched.items() if 0 < rank < 1_000]
    exact = [name for name, (_, rank) in matched.items() if rank == 0]
    common = len(matched) - len(own) - len(exact)
    score = 2.0 * len(own) + 1.5 * len(exact) + 0.5 * common
    filled = sum(column.filled > 0 for column in sniffed.columns) or 1
    score *= 0.5 + len({p.name for p, _ in matched.values()}) / filled
    words = header_key(sniffed.name.rpartition(".")[0])
    singular = {header_key(model.name), header_key(model.name).removesuffix("s"), _singular(model.name)}
    if words in singular:
        score += _LARGEST_FILE_BONUS
    elif score and any(word in words for word in singular):
        score += _LARGEST_FILE_BONUS / 4
    return Guess(dataset=model.name, score=round(score, 2), columns=tuple(matched))


def _singular(name: str) -> str:
    words = header_key(name)
    return words.removesuffix("ies") + "y" if words.endswith("ies") else words


def _matches(sniffed: Sniffed, model: Dataset) -> dict[str, tuple[ColumnProfile, int]]:
    """Canonical column → the source column that names it best and fits its kind, with the rank of the name."""
    ranks = column_ranks(model)
    candidates: list[tuple[int, int, str, ColumnProfile]] = []
    for position, profile in enumerate(sniffed.columns):
        if not profile.filled:
            continue
        for name, rank in _named(profile.name, ranks).items():
            worse = _NOT_UNIQUE if name == "id" and not profile.unique else 0
            if _fits(model, model.column(name), profile):
                candidates.append((rank + worse, position, name, profile))
    matched: dict[str, tuple[ColumnProfile, int]] = {}
    used: set[str] = set()
    for rank, _, name, profile in sorted(candidates, key=lambda c: c[:3]):
        if name not in matched and (profile.name not in used or name in ("id", "name")):
            matched[name] = (profile, rank)
            used.add(profile.name)
    return matched


def _fits(model: Dataset, column: Column, profile: ColumnProfile) -> bool:
    """Whether the source column's values could be the canonical column's; a choice must know half of them."""
    if column.kind is not Kind.CHOICE:
        return column.kind not in _FITS or profile.kind in _FITS[column.kind]
    known = {key(choice) for choice in column.choices} | set(choice_words(model, column.name))
    return sum(key(value) in known for value in profile.values) * 2 >= max(len(profile.values), 1)


def _named(header: str, ranks: AbstractMapping[str, AbstractMapping[str, int]]) -> dict[str, int]:
    found = header_key(header)
    for prefix in _PREFIXES:
        if found not in ranks:
            found = found.removeprefix(prefix)
    # Salesforce marks an organisation's own fields: Region__c.
    return dict(ranks.get(found) or ranks.get(found.removesuffix(" c")) or {})


def propose(sniffed: Sniffed, dataset_name: str) -> Mapping:
    """The likeliest mapping of the file to the dataset: a starting point that a person looks over.

    Values of choices are suggestions (`suggested`); open questions are in `sniffed.questions`. Where no column is
    an id, the line number is taken.
    """
    model = dataset(dataset_name)
    matched = {name: profile for name, (profile, _) in _matches(sniffed, model).items()}
    rules = {name: _rule(model, model.column(name), profile) for name, profile in matched.items()}
    rules["id"] = _id_rule(model, matched, sniffed)
    for (owner, name), told_by in _TOLD_BY.items():
        if owner == model.name and name not in rules and told_by in matched:
            told = _rule(model, model.column(name), matched[told_by])
            if told.values or model.column(name).kind is not Kind.CHOICE:
                rules[name] = told
    if "created_at" not in rules and (created := _created(model, matched.values())):
        rules["created_at"] = _rule(model, model.column("created_at"), created)
    order = [column.name for column in model.import_columns if column.name in rules]
    return Mapping(
        dataset=model.name,
        columns={name: rules[name] for name in order},
        file=_file_options(sniffed),
        spans=_spans(model, rules),
        custom=_custom(sniffed),
    )


def _created(model: Dataset, matched: Iterable[ColumnProfile]) -> ColumnProfile | None:
    """The source column that says when rows were made, where another column has it: a deal is opened that day."""
    ranks = column_ranks(model)
    return next((profile for profile in matched if "created_at" in _named(profile.name, ranks)), None)


def _id_rule(model: Dataset, matched: AbstractMapping[str, ColumnProfile], sniffed: Sniffed) -> ColumnRule:
    found = matched.get("id")
    if found is not None and (found.unique or sniffed.rows < 2):
        return ColumnRule(sources=(found.name,))
    if found is not None and header_key(found.name).endswith("id") and not found.empty:
        return ColumnRule(
            sources=(found.name,)
        )  # a repeated id is an error of the file, reported when it lands
    label = matched.get(model.label) if model.label else None
    if label is not None and label.unique and not label.empty:
        return ColumnRule(sources=(label.name,))
    return ColumnRule(line=True)


def _rule(model: Dataset, column: Column, profile: ColumnProfile) -> ColumnRule:
    rule = ColumnRule(sources=(profile.name,))
    if column.kind in (Kind.DATE, Kind.TIMESTAMP) and profile.dates:
        calendar = profile.dates.calendar
        return replace(
            rule,
            date_order=profile.dates.order,
            calendar=calendar if calendar != "gregorian" else None,
        )
    if column.kind in (Kind.MONEY, Kind.DECIMAL):
        mark = profile.numbers.mark if profile.numbers else None
        return replace(rule, decimal=mark, scale=_scale(column, profile.greatest))
    if column.kind is Kind.CHOICE:
        values = _suggested_values(model, column, profile)
        return replace(rule, values=values, suggested=bool(values))
    return rule


def _scale(column: Column, greatest: float | None) -> Decimal | None:
    """Between fractions and percents: a probability of 60 is 0.6, a discount of 0.15 is 15 %."""
    unit = column.unit or ""
    if greatest is None:
        return None
    if unit.startswith("fraction") and greatest > 1:
        return Decimal("0.01")
    return Decimal(100) if unit.startswith("percent") and 0 < greatest <= 1 else None


def _suggested_values(model: Dataset, column: Column, profile: ColumnProfile) -> dict[str, str]:
    """What each value of the column probably means; values that nothing speaks for are left out."""
    words = choice_words(model, column.name)
    own = {key(choice) for choice in column.choices}
    found: dict[str, str] = {}
    for value in profile.values:
        if key(value) in own:
            continue
        if choice := words.get(key(value)):
            found[value] = choice
        elif (model.name, column.name) in _OPEN_UNLESS_SAID:
            found[value] = "open"
    return found


def _spans(model: Dataset, rules: AbstractMapping[str, ColumnRule]) -> Spans | None:
    """A history that says when a stage was entered, but not when it was left, holds points in time."""
    needed = {"opportunity_id", "stage_id", "entered_at"}
    if model.name == "stage_history" and needed <= rules.keys() and "left_at" not in rules:
        return Spans(by="opportunity_id", at="entered_at")
    return None


def _file_options(sniffed: Sniffed) -> FileOptions:
    """Only what can't be found again by looking at the next file."""
    return FileOptions(
        encoding=sniffed.encoding if sniffed.notes else None,
        header=None if sniffed.header else False,
        sheet=sniffed.sheet if len(sniffed.sheets) > 1 else None,
    )


def _custom(sniffed: Sniffed) -> bool:
    """Unmapped columns are kept, except where nothing but personal data would be."""
    return not all(is_personal(column.name, column.examples) for column in sniffed.columns)
