"""The layers stay as strict as they were agreed, and the SDK stays light in fact."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HEAVY = {"flask", "sqlalchemy", "rq", "weasyprint", "psycopg", "tallymark", "tallymark_tenants"}

IMPORT_ALL = """
import importlib, json, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.endswith(".__main__"):  # importing it would run the command
            importlib.import_module(module.name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_contracts_are_whole(projects: dict[str, dict[str, Any]]) -> None:
    settings = projects["tallymark"]["tool"]["importlinter"]
    assert set(settings["root_packages"]) == {
        "tallymark", "tallymark_tenants", "tallymark_connectors", "tallymark_metrics", "tallymark_sdk",
    }  # fmt: skip
    by_type = {contract["type"]: contract for contract in settings["contracts"]}
    assert by_type["layers"]["layers"] == [
        "tallymark", "tallymark_tenants", "tallymark_connectors | tallymark_metrics", "tallymark_sdk",
    ]  # fmt: skip
    assert set(by_type["forbidden"]["source_modules"]) == {"tallymark_sdk", "tallymark_metrics"}
    assert set(by_type["forbidden"]["forbidden_modules"]) >= {"flask", "sqlalchemy", "rq"}


def test_the_contracts_have_no_exceptions(projects: dict[str, dict[str, Any]]) -> None:
    for contract in projects["tallymark"]["tool"]["importlinter"]["contracts"]:
        assert "ignore_imports" not in contract, contract["name"]


def test_importing_the_sdk_and_the_packs_brings_nothing_heavy(root: Path) -> None:
    command = [sys.executable, "-c", IMPORT_ALL, "tallymark_sdk", "tallymark_metrics"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert "tallymark_metrics" in loaded
    assert loaded & HEAVY == set()
