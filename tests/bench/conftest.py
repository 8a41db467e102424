"""A small tenant for the benchmarks' own tests, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.data.tenant import tenant

from tallymark.engine.session import TenantData


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="session")
def small(folder: Path) -> TenantData:
    """2,000 deals."""
    return tenant("2k", folder=folder)
