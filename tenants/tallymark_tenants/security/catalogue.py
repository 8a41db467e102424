"""Walk a database's catalogue and report every table that is not protected as it should be."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, RowMapping, text

from tallymark_tenants.security.rules import GLOBAL_TABLES, OWNER, ROLES, RULES

_TABLES = """
select c.relname as name,
       c.relrowsecurity as enabled,
       c.relforcerowsecurity as forced,
       c.relowner::regrole::text as owner,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
               and not a.attisdropped) as of_tenant,
       (select count(*) from pg_policy p where p.polrelid = c.oid and p.polname = 'own_rows'
        and pg_get_expr(p.polqual, p.polrelid) like '%app.tenant%'
        and pg_get_expr(p.polwithcheck, p.polrelid) like '%app.tenant%') as own_rows
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm', 'f')
order by c.relname
"""

_POLICIES = """
select tablename as name, policyname as policy, roles::text[] as roles, qual
from pg_policies
where schemaname = 'public' and (qual = 'true' or with_check = 'true')
"""

_FOREIGN_KEYS = """
select k.conname as name, k.conrelid::regclass::text as source, k.confrelid::regclass::text as target,
       array(select a.attname::text from unnest(k.conkey) with ordinality as c(number, place)
             join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.number order by c.place) as columns,
       array(select a.attname::text from unnest(k.confkey) with ordinality as c(number, place)
             join pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.number order by c.place) as referred
from pg_constraint k
where k.contype = 'f' and k.connamespace = 'public'::regnamespace
order by k.conname
"""

_ROLES = """
select rolname as name, rolsuper as super, rolbypassrls as bypass from pg_roles where rolname = any(:roles)
"""

#: Roles whose policies may reach all rows of the tables they are granted.
_ACROSS_TENANTS = {ROLES["auth"], ROLES["dispatcher"]}


def problems(connection: Connection, global_tables: Mapping[str, str] = GLOBAL_TABLES) -> list[str]:
    """What is wrong, one sentence each; empty when every table is protected.

    `global_tables` names the tables that may do without a tenant, each with its reason.
    """
    of_tenant = set()
    found: list[str] = []
    for table in connection.execute(text(_TABLES)).mappings():
        if table["of_tenant"]:
            of_tenant.add(table["name"])
            found += _tenant_table(table)
        elif table["name"] not in global_tables:
            found.append(f"{table['name']} has no tenant_id and is not on the list of global tables.")
        elif table["name"] in RULES and RULES[table["name"]].rows is not None:
            found += _tenant_table(table)
    found += _foreign_keys(connection, of_tenant)
    found += _open_policies(connection)
    found += _strong_roles(connection)
    return found


def _tenant_table(table: RowMapping) -> Iterator[str]:
    name = table["name"]
    if not table["enabled"]:
        yield f"{name}: row-level security is not enabled."
    if not table["forced"]:
        yield f"{name}: row-level security is not forced on its owner."
    if not table["own_rows"]:
        yield f"{name}: no policy confines reading and writing to the tenant's own rows."
    if table["owner"] != OWNER:
        yield f"{name}: belongs to {table['owner']} instead of {OWNER}."


def _foreign_keys(connection: Connection, of_tenant: set[str]) -> Iterator[str]:
    for key in connection.execute(text(_FOREIGN_KEYS)).mappings():
        if key["source"] in of_tenant and key["target"] in of_tenant:
            pairs = zip(key["columns"], key["referred"], strict=True)
            if ("tenant_id", "tenant_id") not in pairs:
                yield (
                    f"{key['source']}: foreign key {key['name']} to {key['target']} does not include tenant_id "
                    "on both sides."
                )


def _open_policies(connection: Connection) -> Iterator[str]:
    for policy in connection.execute(text(_POLICIES)).mappings():
        if not set(policy["roles"]) <= _ACROSS_TENANTS:
            yield f"{policy['name']}: policy {policy['policy']} lets {', '.join(policy['roles'])} reach all rows."


def _strong_roles(connection: Connection) -> Iterator[str]:
    for role in connection.execute(text(_ROLES), {"roles": list(ROLES.values())}).mappings():
        if role["super"] or role["bypass"]:
            yield f"Role {role['name']} passes by row-level security."
