"""Explanations: the rows behind any figure, used and left out, and the arithmetic from them to it.

What is shown and how to ask for it: docs/explain.md.
"""

from tallymark.explain.asking import Question
from tallymark.explain.errors import NoCell, NoExplanation
from tallymark.explain.service import Explanation, explain

__all__ = ["Explanation", "NoCell", "NoExplanation", "Question", "explain"]
