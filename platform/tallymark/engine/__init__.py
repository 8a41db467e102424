"""Computing values: plan what is asked, prepare facts once a sync, reduce them, evaluate formulas, assemble the cells."""

from tallymark.engine.cell import Cell
from tallymark.engine.compute import compute
from tallymark.engine.session import TenantData

__all__ = ["Cell", "TenantData", "compute"]
