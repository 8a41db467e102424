"""A company's own look."""
