"""Tallymark, the application: web, API, scorecards, engine, lake and jobs."""
