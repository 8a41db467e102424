"""Runs: work in the background that a page watches."""
