"""What somebody who wrote an unknown name probably meant."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """How a sentence about an unknown name ends: "; did you mean …?" if a known name is near, else "."."""
    near = difflib.get_close_matches(name.lower(), list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else "."
