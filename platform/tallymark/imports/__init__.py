"""Bringing a file into the lake: preview, parse, land."""
