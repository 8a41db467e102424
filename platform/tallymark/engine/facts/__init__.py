"""Prepared facts: row-level work done once after a sync, so that asking is nothing but aggregation."""
