"""Importing a file: read by a mapping, landed in the lake, reported row by row."""

from tallymark.imports.report import ImportFailed, ImportReport
from tallymark.imports.service import import_file, personal_key

__all__ = ["ImportFailed", "ImportReport", "import_file", "personal_key"]
