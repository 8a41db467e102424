"""Connections of files: found by their name, with the mapping remembered for each dataset."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.mapping_file import mapping_from_json, mapping_to_json
from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import Connection

KIND = "csv_xlsx"


def ensure_connection(session: Session, tenant: UUID, name: str) -> UUID:
    """The id of the file connection of that name, made if there is none."""
    row = insert(Connection).values(tenant_id=tenant, id=uuid7(), kind=KIND, name=name)
    session.execute(row.on_conflict_do_nothing(index_elements=["tenant_id", "kind", "name"]))
    return session.execute(select(Connection.id).where(_named(name))).scalar_one()


def remembered_mapping(session: Session, name: str, dataset: str) -> Mapping | None:
    """The mapping of the connection's last import into the dataset; raises MappingError if it no longer fits."""
    mappings = session.scalar(select(Connection.mappings).where(_named(name)))
    # Stored as text: JSON numbers would not bring a scale or a tax rate back exactly.
    return mapping_from_json(mappings[dataset]) if mappings and dataset in mappings else None


def remember_mapping(session: Session, connection_id: UUID, mapping: Mapping) -> None:
    """Keep the mapping for the next file of this connection."""
    connection = session.scalars(
        select(Connection).where(Connection.id == connection_id).with_for_update()
    ).one()
    connection.mappings = connection.mappings | {mapping.dataset: mapping_to_json(mapping)}


def _named(name: str) -> ColumnElement[bool]:
    return and_(Connection.kind == KIND, Connection.name == name)
