"""Make the database and its roles, with an administrator's connection; repeatable."""

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from tallymark_tenants.db import DatabaseUrls
from tallymark_tenants.security.rules import OWNER, ROLES


class ProvisionError(RuntimeError):
    """The URLs do not fit the roles that the schema's rules name."""


def provision(admin_url: str, urls: DatabaseUrls) -> None:
    """Create or update the four LOGIN roles with the passwords in `urls`, and the database they name.

    None of them is a superuser or passes by row-level security. `admin_url` is a libpq address of a
    superuser, or of one who may create roles and databases.
    """
    roles = {role: make_url(getattr(urls, role)) for role in ROLES}
    names = {url.database for url in roles.values()}
    if len(names) != 1 or None in names:
        raise ProvisionError("The four database URLs must name one and the same database.")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role, url in roles.items():
            _make_role(connection, ROLES[role], url)
        _make_database(connection, str(names.pop()))


def _make_role(connection: psycopg.Connection, name: str, url: URL) -> None:
    if url.username != name or not url.password:
        raise ProvisionError(f"The URL of role {name} must carry that user name and a password.")
    known = connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
    # Hashed here, so that no statement the server may log holds the password.
    hashed = connection.pgconn.encrypt_password(url.password.encode(), name.encode(), b"scram-sha-256")
    statement = sql.SQL(
        "{verb} role {name} with login nosuperuser nobypassrls nocreatedb nocreaterole password {password}"
    )
    connection.execute(
        statement.format(
            verb=sql.SQL("alter" if known else "create"),
            name=sql.Identifier(name),
            password=sql.Literal(hashed.decode()),
        )
    )


def _make_database(connection: psycopg.Connection, name: str) -> None:
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is None:
        create = sql.SQL("create database {} owner {} encoding 'UTF8' template template0")
        connection.execute(create.format(database, owner))
    everyone = sql.SQL(", ").join(sql.Identifier(role) for role in ROLES.values())
    connection.execute(sql.SQL("revoke all on database {} from public").format(database))
    connection.execute(sql.SQL("grant connect on database {} to {}").format(database, everyone))
