"""By whom a breakdown counts a row: by who owns it now, or by who owned it on the row's day."""

from typing import Literal, TypeAlias

Attribution: TypeAlias = Literal["as_is", "as_was"]
AS_IS: Attribution = "as_is"
AS_WAS: Attribution = "as_was"
