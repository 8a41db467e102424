"""The embedded PostgreSQL and Redis used for the demo, the tests and development."""

from tallymark.services.errors import ServiceError
from tallymark.services.running import running

__all__ = ["ServiceError", "running"]
