"""Which mapping a file is read by: the one given, the one remembered, or the one proposed if nothing is open."""

from collections.abc import Mapping as AbstractMapping
from pathlib import Path

from sqlalchemy.orm import Session

from tallymark.imports.connections import remembered_mapping
from tallymark_connectors.csv_xlsx.currencies import with_currency
from tallymark_connectors.csv_xlsx.errors import Ambiguous, MappingError
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.mapping_file import load_mapping, mapping_to_toml
from tallymark_connectors.csv_xlsx.proposing import propose
from tallymark_connectors.csv_xlsx.sniffing import Sniffed, sniff

_HOW = "write the proposal with --write-mapping FILE.toml, look it over and give it with --mapping FILE.toml"


def chosen_mapping(
    session: Session,
    file: Path,
    dataset: str,
    connection: str,
    mapping_file: Path | None = None,
    currency: str | None = None,
) -> Mapping:
    """The mapping to import the file by; raises Ambiguous, naming what has to be decided, or MappingError.

    `currency` is the tenant's, in which amounts are where the file names none.
    """
    if mapping_file is not None:
        return load_mapping(mapping_file)
    if known := remembered_mapping(session, connection, dataset):
        return known
    sniffed = sniff(file)
    mapping = propose(sniffed, dataset)
    if len(mapping.columns) == 1 and mapping.columns["id"].line:
        raise MappingError(f"No column of {file.name} is known as one of {dataset}; {_HOW}.")
    if asked := _open_questions(mapping, with_currency(sniffed, mapping, currency)):
        raise Ambiguous(f"{'; '.join(asked)}: {_HOW}.")
    return mapping


def propose_to(target: Path, file: Path, dataset: str) -> None:
    """Write the proposed mapping of a file as TOML, with what is open as comments at its head."""
    sniffed = sniff(file)
    mapping = propose(sniffed, dataset)
    comments = "".join(f"# {question}\n" for question in _open_questions(mapping, sniffed))
    try:
        target.write_text(comments + mapping_to_toml(mapping), encoding="utf-8")
    except OSError as error:
        raise MappingError(f"The mapping file {target} can't be written: {error.strerror}.") from None


def _open_questions(mapping: Mapping, sniffed: Sniffed) -> list[str]:
    used = {source for rule in mapping.columns.values() for source in rule.sources}
    asked = [question.rstrip(".") for name, question in sniffed.questions.items() if name in used]
    suggested = [
        f"the values of {rule.sources[0]!r} are only suggested for {name} ({_shown(rule.values)})"
        for name, rule in mapping.columns.items()
        if rule.suggested
    ]
    return asked + suggested


def _shown(values: AbstractMapping[str, str]) -> str:
    return ", ".join(f"{source} → {value or 'nothing'}" for source, value in values.items())
