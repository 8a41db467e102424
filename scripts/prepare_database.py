"""Make the database and its four roles on a PostgreSQL of your own, then bring the schema up to date; repeatable.

Usage: prepare_database.py, with TALLYMARK_ADMIN_DATABASE_URL (a libpq address of a superuser, or of one who may
create roles and databases) and the four TALLYMARK_…DATABASE_URL variables that the application uses. Run it
before each first start of a new version. The application itself never sees the administrator's address.
"""

from __future__ import annotations

import os
import sys

from tallymark_tenants.db import VARIABLES, DatabaseUrls
from tallymark_tenants.migrate import migrate
from tallymark_tenants.provision import ProvisionError, provision

ADMIN = "TALLYMARK_ADMIN_DATABASE_URL"


def main() -> int:
    """Prepare the database; 0 when it is ready, 2 with one sentence when a setting is missing or wrong."""
    missing = [name for name in (ADMIN, *VARIABLES.values()) if not os.environ.get(name)]
    if missing:
        print(f"Set {', '.join(missing)}.", file=sys.stderr)
        return 2
    urls = DatabaseUrls(**{role: os.environ[name] for role, name in VARIABLES.items()})
    try:
        provision(os.environ[ADMIN], urls)
    except ProvisionError as error:
        print(error, file=sys.stderr)
        return 2
    print("Schema brought up to date." if migrate(urls.owner) else "Schema is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
