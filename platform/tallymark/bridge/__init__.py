"""Variance bridges: why a figure changed between two periods, in terms that sum to the change exactly.

What each term means, and where its definition comes from: docs/bridge.md.
"""

from tallymark.bridge.asking import Question
from tallymark.bridge.errors import NoBridge
from tallymark.bridge.service import bridge
from tallymark.bridge.terms import Bridge, Term

__all__ = ["Bridge", "NoBridge", "Question", "Term", "bridge"]
