"""Wrong settings end every command as one line and exit code 2."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tallymark.cli import main
from tallymark_tenants.db import VARIABLES

NONSENSE = dict.fromkeys(VARIABLES.values(), "nonsense")


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """A worker and a dispatcher take over signals, which this process needs back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("words", "change", "message"),
    [
        (["worker"], {"TALLYMARK_PORT": "abc"}, "TALLYMARK_PORT is 'abc'"),
        (["dispatcher"], {"TALLYMARK_PORT": "abc"}, "TALLYMARK_PORT is 'abc'"),
        (["tenant", "list"], NONSENSE, "TALLYMARK_DATABASE_URL is no database address"),
        (
            ["tenant", "list"],
            dict.fromkeys(NONSENSE, "postgresql+psycopg://a:s3cret@b:port/c"),
            "is no database",
        ),
        (["worker"], dict.fromkeys(NONSENSE, "postgresql://a:s3cret@b/c"), "postgresql+psycopg://"),
        (["dispatcher"], {"TALLYMARK_REDIS_URL": "nonsense"}, "TALLYMARK_REDIS_URL is no address"),
        (["tenant", "list"], {"TALLYMARK_DATA": "/etc/passwd"}, "which is a file"),
        (["worker"], {"TALLYMARK_DATA": "/etc/passwd"}, "which is a file"),
        (["tenant", "list"], {"TALLYMARK_DATA": "/etc/passwd/below"}, "point TALLYMARK_DATA elsewhere"),
        (["tenant", "list"], {"TALLYMARK_DATA": "~nobody-here/x"}, "can't be found"),
        (["serve"], {"TALLYMARK_MODE": "prod"}, "development or production"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(
    words: list[str], change: dict[str, str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TALLYMARK_MODE", "TALLYMARK_PORT", "TALLYMARK_REDIS_URL", *VARIABLES.values()):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TALLYMARK_DATA", str(tmp_path / "data"))
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2, result.exception
    assert message in result.stderr
    assert "s3cret" not in result.stderr
    assert result.stderr.count("\n") == 1
    assert not result.stdout
