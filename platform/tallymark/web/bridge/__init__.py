"""The page that says why a KPI changed."""
