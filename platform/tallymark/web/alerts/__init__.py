"""Alerts: what rules found, and the rules."""
