"""The page that explains a figure down to its rows."""
