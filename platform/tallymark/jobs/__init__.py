"""Background work: outbox, dispatcher, leases and the RQ worker."""
