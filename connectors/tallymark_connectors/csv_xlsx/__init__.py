"""Reading CSV, XLSX and Parquet files: sniff, propose a mapping, preview, read; reject with line and reason."""

from tallymark_connectors.csv_xlsx.currencies import with_currency
from tallymark_connectors.csv_xlsx.errors import Ambiguous, ImportProblem, MappingError, UnreadableFile
from tallymark_connectors.csv_xlsx.mapping import (
    ColumnRule,
    FileOptions,
    Mapping,
    Spans,
    Tax,
    Unpivot,
    When,
    fillable,
)
from tallymark_connectors.csv_xlsx.mapping_file import (
    load_mapping,
    mapping_from_dict,
    mapping_from_json,
    mapping_from_toml,
    mapping_to_dict,
    mapping_to_json,
    mapping_to_toml,
)
from tallymark_connectors.csv_xlsx.parsed import ParsedBatch
from tallymark_connectors.csv_xlsx.previewing import Preview, preview
from tallymark_connectors.csv_xlsx.profiling import ColumnKind, ColumnProfile
from tallymark_connectors.csv_xlsx.proposing import Guess, guess_dataset, propose
from tallymark_connectors.csv_xlsx.questions import Question, questions
from tallymark_connectors.csv_xlsx.reading import read
from tallymark_connectors.csv_xlsx.records import Rejected
from tallymark_connectors.csv_xlsx.sniffing import Sniffed, sniff

__all__ = [
    "Ambiguous",
    "ColumnKind",
    "ColumnProfile",
    "ColumnRule",
    "FileOptions",
    "Guess",
    "ImportProblem",
    "Mapping",
    "MappingError",
    "ParsedBatch",
    "Preview",
    "Question",
    "Rejected",
    "Sniffed",
    "Spans",
    "Tax",
    "Unpivot",
    "UnreadableFile",
    "When",
    "fillable",
    "guess_dataset",
    "load_mapping",
    "mapping_from_dict",
    "mapping_from_json",
    "mapping_from_toml",
    "mapping_to_dict",
    "mapping_to_json",
    "mapping_to_toml",
    "preview",
    "propose",
    "questions",
    "read",
    "sniff",
    "with_currency",
]
