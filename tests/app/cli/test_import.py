"""`tallymark tenant` and `tallymark import`, as a person calls them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tallymark.cli import COMMANDS

Run = Callable[..., Result]
CSV = "Id,Name,Amount,Closed At\n1,A,10,2024-03-31\n2,B,x,2024-03-31\n3,C,5,2024-04-01\n"
TOML = 'dataset = "opportunities"\n[columns]\nid = "Id"\nname = "Name"\namount = "Amount"\nclosed_at = "Closed At"\n'


@pytest.fixture
def slug(run: Run, tmp_path: Path) -> str:
    made = run("tenant", "create", f"Acme {tmp_path.name}", "--currency", "EUR", "--json")
    assert made.exit_code == 0, made.output
    return str(json.loads(made.stdout)["slug"])


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def test_help_lists_the_commands_without_importing_them(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "Import a CSV or XLSX file" in result.stdout
    assert set(COMMANDS) >= {
        "demo",
        "serve",
        "worker",
        "dispatcher",
        "metrics",
        "compute",
        "scorecard",
        "doctor",
    }
    assert run("--version").stdout.startswith("tallymark, version ")


def test_a_tenant_is_created_and_listed(run: Run, slug: str) -> None:
    listed = {row["slug"]: row for row in json.loads(run("tenant", "list", "--json").stdout)}
    assert (listed[slug]["currency"], listed[slug]["timezone"]) == ("EUR", "UTC")


def test_a_file_is_imported_by_a_mapping_which_is_remembered(
    run: Run, slug: str, deals: Path, tmp_path: Path
) -> None:
    mapping = tmp_path / "deals.toml"
    mapping.write_text(TOML, encoding="utf-8")
    first = run("import", slug, "opportunities", deals, "--mapping", mapping)
    assert first.exit_code == 0, first.output
    assert "rows in    3\nrejected   1\nlanded     2" in first.stdout
    assert "line 3, Amount: 'x'" in first.stdout
    again = json.loads(run("import", slug, "opportunities", deals, "--json").stdout)
    assert (again["rows_in"], again["rejected"], again["landed"], again["unchanged"]) == (3, 1, 2, 2)
    assert again["snapshot"] in first.stdout


def test_a_tenant_is_found_by_its_name(run: Run, slug: str, deals: Path, tmp_path: Path) -> None:
    dry = run("import", f"Acme {tmp_path.name}", "accounts", deals, "--dry-run", "--json")
    assert dry.exit_code == 0, dry.output
    assert [row["id"] for row in json.loads(dry.stdout)] == ["1", "2", "3"]


def test_a_proposal_with_open_questions_is_not_used(run: Run, slug: str, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "Id,Amount,Stage,Close Date\n1,5,Closed Won,03/04/2024\n2,6,Prospecting,05/04/2024\n",
        encoding="utf-8",
    )
    refused = run("import", slug, "opportunities", path)
    assert refused.exit_code == 2
    assert "only suggested for status" in refused.stderr
    assert "--write-mapping" in refused.stderr
    target = tmp_path / "proposed.toml"
    assert run("import", slug, "opportunities", path, "--write-mapping", target).exit_code == 0
    assert '"Closed Won" = "won"' in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("import", "{slug}", "opportunites", "{deals}"), "did you mean opportunities"),
        (("import", "nobody", "opportunities", "{deals}"), "There is no tenant 'nobody'"),
        (("import", "{slug}", "opportunities", "/nowhere.csv"), "There is no file /nowhere.csv"),
        (("import", "{slug}", "opportunities", "{deals}", "--mapping", "/no.toml"), "can't be opened"),
        (("tenant", "create", "X", "--currency", "EURO"), "is no currency"),
        (("import",), "Missing argument"),
        (("no-such",), "No such command"),
    ],
)
def test_an_error_is_one_line_and_exit_code_2(
    run: Run, slug: str, deals: Path, words: tuple[str, ...], message: str
) -> None:
    result = run(*(word.format(slug=slug, deals=deals) for word in words))
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not result.stdout
