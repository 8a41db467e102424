"""A tenant's calendar, working days and comparisons, from its settings and its own rows."""

from tallymark.calendars.tenant import calendar_of, comparison_of, workdays_of

__all__ = ["calendar_of", "comparison_of", "workdays_of"]
