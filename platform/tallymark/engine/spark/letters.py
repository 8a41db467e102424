"""Which letter each letter becomes in DuckDB when text is put into lower or upper case."""

from __future__ import annotations

from functools import cache
from typing import Literal

import duckdb


@cache
def changed_by(function: Literal["lower", "upper"]) -> tuple[str, str]:
    """The letters that the function changes, and in the same order what each becomes. DuckDB itself is asked, once."""
    changes = f"""
        SELECT letter, {function}(letter) AS made
        FROM (SELECT chr(code::INTEGER) AS letter FROM (
            SELECT unnest(range(1, 55296) || range(57344, 1114112)) AS code))  -- between them are halves of letters
        WHERE letter <> made
    """  # noqa: S608  the two names are ours
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        found = connection.execute(changes).fetchall()
    return "".join(letter for letter, _ in found), "".join(made for _, made in found)
