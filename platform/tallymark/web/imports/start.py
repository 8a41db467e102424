"""From a looked-over mapping to a run that imports the file."""

from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark import jobs
from tallymark.imports.connections import KIND as CONNECTION_KIND
from tallymark.imports.connections import remembered_mapping
from tallymark.web.imports.uploads import Upload
from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.mapping_file import mapping_to_json
from tallymark_tenants.models import Connection

KIND = "import"


def connection_names(session: Session) -> list[str]:
    """Names of the connections that files were imported by."""
    wanted = select(Connection.name).where(Connection.kind == CONNECTION_KIND).order_by(Connection.name)
    return list(session.scalars(wanted))


def remembered(session: Session, connection: str | None, dataset: str | None) -> Mapping | None:
    """The mapping of the connection's last import: of this dataset, or of its only one."""
    if connection is None:
        return None
    if dataset is None:
        dataset = _only_dataset(session, connection)
    try:
        return remembered_mapping(session, connection, dataset) if dataset else None
    except MappingError:
        return None  # Made for an older model: it is asked for anew.


def request_import(
    session: Session, tenant_id: UUID, upload: Upload, mapping: Mapping, connection: str | None
) -> UUID:
    """Ask for the import; returns the run. The same file and mapping are one run, started anew if it failed."""
    text = mapping_to_json(mapping)
    params = {
        "upload": str(upload.id),
        "dataset": mapping.dataset,
        "mapping": text,
        "connection": connection or _free_name(session, upload.name),
    }
    version = sha256(text.encode()).hexdigest()[:32]
    run_id = jobs.request(session, tenant_id, KIND, str(upload.id), version, params)
    jobs.try_again(session, tenant_id, run_id)
    return run_id


def _only_dataset(session: Session, connection: str) -> str | None:
    wanted = select(Connection.mappings).where(
        Connection.kind == CONNECTION_KIND, Connection.name == connection
    )
    known = list(session.scalar(wanted) or ())
    return known[0] if len(known) == 1 else None


def _free_name(session: Session, file_name: str) -> str:
    """What a new connection is called: like the file, without its suffix; numbered where that is taken."""
    wanted, taken = Path(file_name).stem or "File", set(connection_names(session))
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name
