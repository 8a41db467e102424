"""The canonical model: datasets and their typed columns."""
