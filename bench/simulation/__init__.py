"""A hundred thousand tenants in a real PostgreSQL, the queries that must stay short there, and a night of their runs."""
