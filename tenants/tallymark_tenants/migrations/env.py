"""Alembic's entry point: migrates over the connection that `tallymark_tenants.migrate` hands in."""

from alembic import context

from tallymark_tenants.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
