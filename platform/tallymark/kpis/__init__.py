"""The KPIs of a set: what can be set of each."""
