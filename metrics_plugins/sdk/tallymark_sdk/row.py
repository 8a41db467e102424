"""The row that an expression is about."""

from typing import Any

import ibis

_: Any = ibis._
"""`_.amount_base` is the row's amount; untyped, because ibis builds the expression as it is written."""
