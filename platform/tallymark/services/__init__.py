"""The embedded PostgreSQL and Redis used for the demo, the tests and development."""
