"""KPI sets: which metrics a company watches."""
