"""Who may see what: tenants, users, roles, sessions and the tenant-scoped database."""
