"""What the tests of commands share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tallymark.cli import main
from tallymark.settings import Settings
from tallymark_tenants.db import VARIABLES


@pytest.fixture
def run(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command against the test services, with a data folder of its own."""
    for role, variable in VARIABLES.items():
        monkeypatch.setenv(variable, getattr(settings.urls, role))
    monkeypatch.setenv("TALLYMARK_REDIS_URL", settings.redis_url)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("TALLYMARK_DATA", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])
