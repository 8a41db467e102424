"""Own KPIs: formulas over metrics that a company writes itself."""
