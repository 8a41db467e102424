"""The script that the compose file runs before everything else, on a real PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tallymark.services import postgres
from tallymark.services.secrets_file import Secrets
from tallymark.settings import Settings
from tallymark_tenants.db import VARIABLES

NAME = "prepared_by_script"


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The settings' own roles and passwords, on a database that does not exist yet."""
    urls = {
        name: make_url(getattr(settings.urls, role)).set(database=NAME).render_as_string(hide_password=False)
        for role, name in VARIABLES.items()
    }
    admin = postgres.admin_url(Secrets.load(settings.data_dir))
    return {**os.environ, **urls, "TALLYMARK_ADMIN_DATABASE_URL": admin}


def prepare(root: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(root / "scripts" / "prepare_database.py")]
    return subprocess.run(script, env=environment, capture_output=True, text=True, check=False)


def test_it_makes_a_database_once_and_then_finds_it(root: Path, environment: dict[str, str]) -> None:
    first, second = prepare(root, environment), prepare(root, environment)
    assert (first.returncode, first.stdout) == (0, "Schema brought up to date.\n"), first.stderr
    assert (second.returncode, second.stdout) == (0, "Schema is up to date.\n"), second.stderr
    app = environment["TALLYMARK_DATABASE_URL"].replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(app) as connection:
        assert connection.execute("select count(*) from tenants").fetchone() == (0,)


def test_it_names_the_setting_that_is_missing(root: Path, environment: dict[str, str]) -> None:
    del environment["TALLYMARK_OWNER_DATABASE_URL"]
    done = prepare(root, environment)
    assert done.returncode == 2
    assert done.stderr == "Set TALLYMARK_OWNER_DATABASE_URL.\n"
