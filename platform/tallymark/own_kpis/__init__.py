"""Own KPIs while they are written: checked, explained and tried out, for pages, the API and the command line."""

from tallymark.own_kpis.check import Checked, check, named_quantity
from tallymark.own_kpis.preview import Preview, preview

__all__ = ["Checked", "Preview", "check", "named_quantity", "preview"]
