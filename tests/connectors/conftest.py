"""Files for the import tests, and readers that put a whole import into one table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallymark_connectors.csv_xlsx import Mapping, Rejected, load_mapping, mapping_from_toml, read

REPO = Path(__file__).resolve().parents[2]
MAPPINGS = REPO / "docs" / "mappings"
PUBLIC_DATA = REPO.parent / "shared" / "data"

Imported = tuple[list[dict[str, Any]], list[Rejected], int]


def _import_all(path: Path, mapping: Mapping | str, timezone: str = "UTC", **options: Any) -> Imported:
    made = mapping_from_toml(mapping) if isinstance(mapping, str) else mapping
    batches = list(read(path, made, source_id="s", timezone=timezone, **options))
    assert all(batch.batch.schema == made.model.import_schema for batch in batches)
    return (
        [row for batch in batches for row in batch.batch.to_pylist()],
        [rejected for batch in batches for rejected in batch.rejected],
        sum(batch.rows_in for batch in batches),
    )


@pytest.fixture
def import_all() -> Callable[..., Imported]:
    """Imports a file by a mapping: all rows, all rejections and the number of records read."""
    return _import_all


@pytest.fixture
def shipped_mapping() -> Callable[[str], Mapping]:
    """Loads a mapping of `docs/mappings` by its name."""
    return lambda name: load_mapping(MAPPINGS / f"{name}.toml")


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a text as a file: `csv_file(text, encoding="utf-8")`."""

    def write(text: str, encoding: str = "utf-8", name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def public_data() -> Path:
    """The folder of public data sets; the test is skipped, loudly, where it isn't."""
    if not PUBLIC_DATA.is_dir():
        pytest.skip(f"PUBLIC DATA SETS ARE ABSENT: there is no folder {PUBLIC_DATA}")
    return PUBLIC_DATA
