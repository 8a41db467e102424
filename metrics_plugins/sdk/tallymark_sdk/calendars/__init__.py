"""Calendars: half-open periods of local dates that tile the line."""
