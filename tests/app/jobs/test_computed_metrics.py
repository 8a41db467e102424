"""A metric in Python that fails, through a real dispatcher and worker to a sealed PDF."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import select

from tallymark.lake import Lake
from tallymark.plugins.registry import registry
from tallymark.scorecards.codec import from_json
from tallymark.scorecards.job import request_edition
from tallymark.settings import Settings
from tallymark_sdk.model import dataset
from tallymark_tenants.db import Database
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Edition, Scorecard
from tallymark_tenants.profile import TenantProfile

from .conftest import Look, Start, wait_until

PACK = """
from tallymark_sdk import Metric, computed, hookimpl

@computed(reads=("opportunities.amount_base",), seconds=1)
def never_ends(tables, periods):
    while True:
        pass

@hookimpl
def tallymark_metrics():
    return [Metric(key="stuck.never_ends", name="Never ends", description="It never does.", unit="money",
                   better="higher", inputs=never_ends.reads, formula=never_ends)]
"""


@pytest.fixture
def stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed pack whose one metric never answers, here and in the processes that are started."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "stuck_pack.py").write_text(PACK)
    info = tmp_path / "stuck_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stuck-pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tallymark.metrics]\nstuck = stuck_pack\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    registry.cache_clear()
    yield
    registry.cache_clear()


@pytest.mark.usefixtures("stuck")
def test_an_edition_with_a_failing_metric_is_made_and_says_why(
    start: Start, settings: Settings, database: Database, tenant: TenantProfile, look: Look
) -> None:
    lake = Lake(settings.lake_dir)
    deal = {"source_id": "crm", "id": "1", "status": "won", "amount": 250, "closed_at": 1_781_000_000_000_000}
    rows = pa.RecordBatch.from_pylist([deal], dataset("opportunities").import_schema)
    with database.tenant(tenant.id) as session:
        lake.land(session, tenant, "opportunities", [rows])
        made = create_set(session, "Mine", ["revenue.bookings", "stuck.never_ends"])
        scorecard = Scorecard(kpi_set_id=made, name="Mine")
        session.add(scorecard)
        session.flush()
        run = request_edition(session, tenant, scorecard, lake, day=date(2026, 6, 1))
    start("dispatcher", "--grace", "2", "--reconcile-every", "1")
    start("worker")
    wait_until(lambda: look(tenant, run).status in {"done", "failed"}, 90)
    assert look(tenant, run).status == "done", look(tenant, run).error
    with database.tenant(tenant.id) as session:
        edition = session.scalars(select(Edition)).one()
        document, pdf = from_json(edition.document), settings.editions_dir / edition.pdf_path
    assert pdf.read_bytes().startswith(b"%PDF")
    groups = next(section.groups for section in document.sections if section.kind == "tiles")
    tiles = {tile.metric: tile for group in groups for tile in group.tiles}
    assert tiles["stuck.never_ends"].value is None
    assert tiles["stuck.never_ends"].reason is not None
    assert "stopped after 1 second" in tiles["stuck.never_ends"].reason
    assert tiles["revenue.bookings"].value is not None
