"""Schedules, recipients, channels and messages as pages."""
