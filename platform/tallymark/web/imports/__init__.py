"""From an uploaded file to a dataset: guess, ask, preview, run, report."""
