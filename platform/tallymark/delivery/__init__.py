"""Sending scorecards: schedules, recipients, the gate before a message, and the channels it leaves by."""
