"""Sealing: what an edition stands on, a hash over all of it, recomputing it later, and what was restated since.

What is sealed and what verifying means: docs/editions.md and docs/adr/0013.
"""

from tallymark.scorecards.seal.errors import SealError

__all__ = ["SealError"]
