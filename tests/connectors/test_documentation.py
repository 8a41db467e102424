"""The mapping files printed in docs/import.md are the ones that work."""

import re
from pathlib import Path

import pytest

from tallymark_connectors.csv_xlsx import load_mapping, mapping_from_toml

DOCS = Path(__file__).resolve().parents[2] / "docs"
WHOLE = [
    b
    for b in re.findall(r"```toml\n(.*?)```", (DOCS / "import.md").read_text("utf-8"), re.DOTALL)
    if "dataset =" in b
]


@pytest.mark.parametrize("text", WHOLE, ids=[str(n) for n in range(len(WHOLE))])
def test_printed_mappings_load(text: str) -> None:
    assert "id" in mapping_from_toml(text).columns


def test_the_pipeline_example_is_the_shipped_one() -> None:
    printed = [mapping_from_toml(text) for text in WHOLE]
    for name in ("opportunities", "reps", "regions", "products", "accounts"):
        assert load_mapping(DOCS / "mappings" / f"pipeline_{name}.toml") in printed
