"""A scorecard's numbers as files: CSV, a workbook, JSON. The same document gives the same bytes."""

from tallymark.scorecards.exports.as_json import figures_json
from tallymark.scorecards.exports.figures import HEADER, csv_file, figures, figures_csv
from tallymark.scorecards.exports.references import MeasureRows, RowRef, RowRefs
from tallymark.scorecards.exports.workbook import workbook

__all__ = [
    "HEADER",
    "MeasureRows",
    "RowRef",
    "RowRefs",
    "csv_file",
    "figures",
    "figures_csv",
    "figures_json",
    "workbook",
]
