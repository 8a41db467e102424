"""A tenant's own KPIs: formulas over metric keys, written as text and kept as data.

The text is read by a grammar of names, numbers, four operators, comparisons and a few functions; nothing in it is
run. What comes out is the metric algebra of `tallymark_sdk.formula`.
"""

from tallymark_sdk.own.kpi import FAMILY, Laid, OwnKpi, Refused, lay
from tallymark_sdk.own.problem import WrongFormula, WrongKpi
from tallymark_sdk.own.reading import Read, read_formula
from tallymark_sdk.own.written import written

__all__ = [
    "FAMILY",
    "Laid",
    "OwnKpi",
    "Read",
    "Refused",
    "WrongFormula",
    "WrongKpi",
    "lay",
    "read_formula",
    "written",
]
