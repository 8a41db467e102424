"""Measuring the engine beside other ways of computing the same numbers."""
