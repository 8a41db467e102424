"""`tallymark metrics new` and `check`, and the same with the SDK alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TALLYMARK = [sys.executable, "-m", "tallymark", "metrics"]
SDK = [sys.executable, "-m", "tallymark_sdk"]


def call(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TALLYMARK_")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=bare)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    made = call([*SDK, "new", "acme-sales"], tmp_path)
    assert made.returncode == 0, made.stderr
    assert "acme-sales/tallymark_acme_sales/cases/acme_sales.toml" in made.stdout
    return tmp_path / "acme-sales"


@pytest.mark.slow
def test_a_new_pack_is_right_before_it_is_installed(pack: Path):
    done = call([*TALLYMARK, "check", "."], pack)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "acme_sales: everything is right (1 metric," in done.stdout


@pytest.mark.slow
def test_everything_wrong_is_said_and_the_inputs_are_mended(pack: Path):
    module = pack / "tallymark_acme_sales" / "__init__.py"
    right = module.read_text("utf-8")
    module.write_text(
        right.replace('"opportunities.status"', '"opportunities.stage_id"').replace(
            "Deals won in", "Deals got in"
        )
    )
    done = call([*SDK, "check", "."], pack)
    assert done.returncode == 1
    assert (
        'acme_sales.deals_won: "opportunities.status" is used but isn\'t among the inputs [inputs]'
        in done.stdout
    )
    assert 'in fa the description "Deals got in the period' in done.stdout

    mended = call([*SDK, "check", ".", "--fix"], pack)
    assert '-    inputs=("opportunities.closed_on", "opportunities.stage_id"),' in mended.stdout
    assert "acme_sales.po: 2 texts, 1 to translate" in mended.stdout
    assert mended.returncode == 1, "the translations are still to be written"
    assert module.read_text("utf-8") == right.replace("Deals won in", "Deals got in")


def test_a_name_that_cannot_be_a_family_or_is_taken(tmp_path: Path):
    for name, reason in (
        ("Acme", '"Acme" can\'t be a family'),
        ("revenue", 'A pack "revenue" is installed already'),
    ):
        done = call([*SDK, "new", name], tmp_path)
        assert done.returncode == 2
        assert reason in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "mine.txt").write_text("mine")
    done = call([*TALLYMARK, "new", "acme"], tmp_path)
    assert done.returncode == 2
    assert "acme is there already" in done.stderr
    assert [path.name for path in (tmp_path / "acme").iterdir()] == ["mine.txt"]


def test_an_unknown_family(tmp_path: Path):
    done = call([*SDK, "check", "revenu"], tmp_path)
    assert done.returncode == 1
    assert 'no pack "revenu" is installed' in done.stdout
    assert 'Did you mean "revenue"?' in done.stdout


def test_a_folder_that_names_no_pack(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    done = call([*SDK, "check", "."], tmp_path)
    assert done.returncode == 1
    assert 'names no pack; it needs [project.entry-points."tallymark.metrics"]' in done.stderr


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("@hookimpl\n", "", "mark tallymark_metrics() with @hookimpl"),
        ("return [DEALS_WON]", "return ['deals']", "tallymark_metrics() gave str, not a Metric"),
        ("return [DEALS_WON]", "return []", "tallymark_metrics() gives no metric"),
        ("DEALS_WON = Metric(", "raise SystemExit(3)\nDEALS_WON = Metric(", "can't be loaded: SystemExit: 3"),
        ("import Flow", "import Flou", "can't be loaded: ImportError"),
        (
            "def tallymark_metrics",
            "def tallymark_metric",
            'no tallymark_metrics(); rename "tallymark_metric"',
        ),
        ('    better="higher",\n', "", "argument: 'better' ("),
        ('    better="higher",\n', "", "tallymark_acme_sales/__init__.py, line 5)"),
        (
            "import Flow",
            "import Flow\nimport pandsa\nfrom tallymark_sdk import Flow",
            "__init__.py, line 4); mend the name",
        ),
        ("return [DEALS_WON]", "raise KeyError('oops')", "__init__.py, line 21)"),
    ],
)
def test_a_pack_that_cannot_be_asked(pack: Path, before: str, after: str, reason: str):
    module = pack / "tallymark_acme_sales" / "__init__.py"
    module.write_text(module.read_text("utf-8").replace(before, after), "utf-8")
    done = call([*SDK, "check", "."], pack)
    assert done.returncode == 1
    assert reason in done.stdout


def test_a_pack_whose_needs_are_not_met(pack: Path):
    project = pack / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace(">=0.1,<1", ">=3,<4"), "utf-8")
    done = call([*SDK, "check", "."], pack)
    assert done.returncode == 1
    assert "it needs tallymark-sdk<4,>=3, and tallymark-sdk" in done.stdout


def test_inputs_without_a_comma(pack: Path):
    module = pack / "tallymark_acme_sales" / "__init__.py"
    module.write_text(module.read_text("utf-8").replace('"opportunities.closed_on", ', ""), "utf-8")
    done = call([*SDK, "check", "."], pack)
    assert 'inputs is a tuple of names; write ("opportunities.status",) with a comma' in done.stdout
    assert "isn't used" not in done.stdout, "the text's letters are no inputs"


def test_a_case_file_that_cannot_be_read_is_said_once(pack: Path):
    cases = pack / "tallymark_acme_sales" / "cases" / "acme_sales.toml"
    cases.write_text("[rows\n", "utf-8")
    done = call([*SDK, "check", "."], pack)
    assert "acme_sales.toml isn't TOML" in done.stdout
    assert "no golden case" not in done.stdout
    assert "1 problem (" in done.stdout


VIEW = """
def _broken(tables):
    return tables["opportunities"].no_such_method()


BROKEN = View(name="acme_sales_broken", rows="deals", grain="opportunities", requires=(),
              columns={"closed_on": "opportunities.closed_on"}, build=_broken)
BROKEN_DEALS = Metric(key="acme_sales.broken", name="Broken", description="Broken.", unit="count", better="higher",
                      inputs=(), formula=Flow(BROKEN, on="closed_on", value=_.count()))


@hookimpl
"""


def test_a_view_that_raises_costs_no_translation(pack: Path):
    module = pack / "tallymark_acme_sales" / "__init__.py"
    text = module.read_text("utf-8").replace("import Flow", "import Flow, View").replace("@hookimpl\n", VIEW)
    module.write_text(text.replace("return [DEALS_WON]", "return [BROKEN_DEALS]"), "utf-8")
    catalogue = pack / "tallymark_acme_sales" / "locale" / "vi" / "LC_MESSAGES" / "acme_sales.po"
    before = catalogue.read_text("utf-8")
    done = call([*SDK, "check", ".", "--fix"], pack)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "acme_sales.broken can't be put into words yet: " in done.stdout
    assert "[declaration]" in done.stdout
    assert catalogue.read_text("utf-8") == before


UNINSTALLED = (
    "import sys; from pathlib import Path; import pytest; "
    "from tallymark_sdk.authoring.uninstalled import families_in; "
    "families_in(Path('.')); sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider']))"
)


def test_with_pytest_a_wrong_declaration_is_one_failure(pack: Path):
    module = pack / "tallymark_acme_sales" / "__init__.py"
    text = module.read_text("utf-8")
    module.write_text(text.replace('_.count(where=_.status == "won")', "_.status.sum()"), "utf-8")
    done = call([sys.executable, "-c", UNINSTALLED], pack)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_declaration[acme_sales.deals_won]" in done.stdout
    assert "test_row_order" not in done.stdout
    assert "14 skipped" in done.stdout
