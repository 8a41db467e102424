"""Targets: what the company's metrics should reach."""
