"""Scorecards: compose a document from values, render it as page and PDF."""
