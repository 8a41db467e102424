"""`tallymark tenant create` and `set`."""

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner

from tallymark.cli.tenants import tenant
from tallymark_tenants.db import VARIABLES


@pytest.fixture
def run(settings, monkeypatch):
    monkeypatch.setenv("TALLYMARK_DATA", str(settings.data_dir))
    monkeypatch.setenv("TALLYMARK_REDIS_URL", settings.redis_url)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", settings.secret_key)
    for role, name in VARIABLES.items():
        monkeypatch.setenv(name, getattr(settings.urls, role))

    def command(*words: str):
        return CliRunner().invoke(tenant, list(words))

    return command


def test_a_company_is_made_and_changed(run):
    made = run(
        *("create", f"Acme {uuid4()}", "--calendar", "4-5-4", "--fiscal-start", "2", "--country", "us"),
        *("--year-end", "last friday", "--json"),
    )
    assert made.exit_code == 0, made.output
    profile = json.loads(made.output)
    assert (profile["calendar"], profile["year_end"], profile["country"]) == ("4-5-4", "last friday", "US")
    changed = run(
        *("set", profile["slug"], "--calendar", "jalali", "--fiscal-start", "1", "--country", "IR"),
        *("--weekend", "friday,thursday", "--align", "nowruz", "--json"),
        *("--attribution", "as-was"),
    )
    assert changed.exit_code == 0, changed.output
    assert json.loads(changed.output) == profile | {
        "calendar": "jalali",
        "fiscal_start": 1,
        "country": "IR",
        "weekend": "thursday,friday",
        "alignment": "nowruz",
        "attribution": "as_was",
    }
    emptied = run("set", profile["slug"], "--country", "", "--align", "")
    assert emptied.output == "country: none\nalignment: none\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--calendar", "lunar"), "Error: 'lunar' is no calendar: choose gregorian, jalali, 4-4-5"),
        (("--country", "XX"), "Error: No public holidays are known for 'XX'"),
        (("--align", "easter"), "Error: 'easter' is no moving holiday"),
        (("--engine", "abacus"), "Error: 'abacus' is no engine: choose duckdb or spark"),
        (("--attribution", "as-if"), "Error: Rows count as_is or as_was, not 'as-if'"),
        ((), "Error: Say what to change"),
    ],
)
def test_what_does_not_exist_is_one_line(run, words, says):
    name = f"acme-{uuid4().hex[:8]}"
    run("create", name)
    result = run("set", name, *words)
    assert result.exit_code == 1
    assert result.output.startswith(says)
    assert len(result.output.splitlines()) == 1


def test_spark_is_chosen_only_where_it_is_installed(run, monkeypatch):
    name = f"acme-{uuid4().hex[:8]}"
    run("create", name)
    assert run("set", name, "--engine", "spark").output == "engine: spark\n"
    assert run("set", name, "--engine", "duckdb").output == "engine: duckdb\n"
    monkeypatch.setattr("tallymark.engine.spark.settings.find_spec", lambda _: None)
    refused = run("set", name, "--engine", "spark")
    assert refused.exit_code == 1
    assert refused.output == (
        'Error: PySpark is not installed here; install it with: pip install "tallymark[spark]". On every worker too.\n'
    )
