"""The command line as a person uses it, on the test run's own services."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from tallymark.cli import main
from tallymark.settings import Settings
from tallymark_tenants.db import VARIABLES

Command = Callable[..., str]


@pytest.fixture(scope="session")
def environment(settings: Settings) -> dict[str, str]:
    """The variables that point a command at the running services."""
    urls = {name: getattr(settings.urls, role) for role, name in VARIABLES.items()}
    return urls | {
        "TALLYMARK_DATA": str(settings.data_dir),
        "TALLYMARK_REDIS_URL": settings.redis_url,
        "TALLYMARK_SECRET_KEY": settings.secret_key,
    }


@pytest.fixture(scope="session")
def tallymark(environment: dict[str, str]) -> Command:
    """Run a command and give what it prints; a command that fails fails the test with its sentence."""

    def run(*arguments: Any, code: int = 0) -> str:
        result = CliRunner().invoke(main, [str(each) for each in arguments], env=environment)
        assert result.exit_code == code, result.output
        return result.output if code else result.stdout

    return run


@pytest.fixture(scope="session")
def computed(tallymark: Command) -> Callable[..., list[dict[str, Any]]]:
    """Rows of `tallymark compute`."""

    def compute(tenant: str, metrics: str, *options: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(tallymark("compute", tenant, "--metrics", metrics, *options))
        return rows

    return compute
