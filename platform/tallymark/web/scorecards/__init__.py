"""Scorecards, their editions and PDFs."""
