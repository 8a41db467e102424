"""Standing requests: rules a tenant sets once, ticking from the database in the tenant's zone."""
