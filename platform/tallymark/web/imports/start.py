"""From a looked-over mapping to a run that imports the file."""

from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark import jobs
from tallymark.web.imports.uploads import Upload
from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.mapping_file import mapping_from_dict, mapping_to_dict, mapping_to_json
from tallymark_tenants.models import Connection
from tallymark_tenants.profile import TenantProfile

KIND = "import"
CONNECTION_KIND = "csv_xlsx"


def connection_choices(session: Session) -> list[tuple[str, str]]:
    """Ids and names of the connections that files were imported by."""
    rows = session.execute(
        select(Connection.id, Connection.name)
        .where(Connection.kind == CONNECTION_KIND)
        .order_by(Connection.name)
    )
    return [(str(identity), name) for identity, name in rows]


def remembered(session: Session, connection_id: UUID | None, dataset: str | None) -> Mapping | None:
    """The mapping of the connection's last import: of this dataset, or of its only one."""
    connection = _find(session, connection_id) if connection_id else None
    if connection is None:
        return None
    if dataset is None and len(connection.mappings) == 1:
        dataset = next(iter(connection.mappings))
    kept = connection.mappings.get(dataset or "")
    try:
        return mapping_from_dict(kept) if kept else None
    except MappingError:
        return None  # Made by an older version: it is asked for anew.


def request_import(
    session: Session,
    profile: TenantProfile,
    upload: Upload,
    mapping: Mapping,
    connection_id: UUID | None,
    root: Path,
) -> UUID:
    """Remember the mapping at its connection and ask for the import; returns the run."""
    connection = (_find(session, connection_id) if connection_id else None) or _make(session, upload.name)
    connection.mappings = {**connection.mappings, mapping.dataset: mapping_to_dict(mapping)}
    session.flush()
    params = {
        "path": upload.path.relative_to(root).as_posix(),
        "file_name": upload.name,
        "dataset": mapping.dataset,
        "mapping": mapping_to_dict(mapping),
        "connection_id": str(connection.id),
    }
    version = sha256(mapping_to_json(mapping).encode()).hexdigest()[:32]
    run_id = jobs.request(session, profile.id, KIND, str(upload.id), version, params)
    jobs.try_again(session, profile.id, run_id)
    return run_id


def _find(session: Session, connection_id: UUID) -> Connection | None:
    return session.scalar(
        select(Connection).where(Connection.id == connection_id, Connection.kind == CONNECTION_KIND)
    )


def _make(session: Session, file_name: str) -> Connection:
    """A connection called like the file, without its suffix; numbered where the name is taken."""
    wanted = Path(file_name).stem or "File"
    taken = set(session.scalars(select(Connection.name).where(Connection.kind == CONNECTION_KIND)))
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    made = Connection(kind=CONNECTION_KIND, name=name)
    session.add(made)
    session.flush()
    return made
