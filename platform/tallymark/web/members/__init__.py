"""Members of a company and invitations to it."""
