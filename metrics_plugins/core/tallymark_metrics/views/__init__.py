"""Derived tables that the built-in metrics read, one a module."""

from tallymark_metrics.views.sold_lines import SOLD_LINES

__all__ = ["SOLD_LINES"]
