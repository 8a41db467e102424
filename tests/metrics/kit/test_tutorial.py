"""The tutorial for authors, done word by word: its files written, its commands run, in an empty folder."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from tallymark.settings import Settings
from tallymark_tenants.db import VARIABLES

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
TUTORIAL = ROOT / "docs" / "authors" / "first-metric.md"
# A fenced block, with the file that the line before it names.
BLOCK = re.compile(r"(?:`(?P<file>[\w./-]+)`[^\n`]*:\n+)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)


def blocks() -> list[re.Match[str]]:
    return list(BLOCK.finditer(TUTORIAL.read_text("utf-8")))


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """An environment of the reader's own, in which Tallymark and pytest are there already."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    here = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "reader.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    for name, module in (("pip", "pip"), ("tallymark", "tallymark")):
        script = venv / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{venv}/bin/python" -m {module} "$@"\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return venv / "bin"


def test_the_tutorial_is_short():
    texts = {match["kind"]: match["text"] for match in blocks() if match["file"]}
    for kind in ("python", "toml"):
        lines = [
            line
            for line in texts[kind].splitlines()
            if line.strip() and not line.startswith(('"""', "#", "@"))
        ]
        assert len(lines) <= 12, f"{len(lines)} lines of {kind}"


def test_the_tutorial_works(tmp_path: Path, bin_folder: Path, settings: Settings):
    folder = tmp_path / "empty"
    folder.mkdir()
    urls = {variable: getattr(settings.urls, role) for role, variable in VARIABLES.items()}
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TALLYMARK_", "PYTHON"))
    }
    environment = {
        **kept,
        **urls,
        "TALLYMARK_REDIS_URL": settings.redis_url,
        "TALLYMARK_SECRET_KEY": settings.secret_key,
        "PATH": f"{bin_folder}:{kept['PATH']}",
        "TALLYMARK_DATA": str(tmp_path / "data"),
        # The reader's pip would fetch hatchling; here it is there already.
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_DEPS": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    where = folder
    said = ""
    for block in blocks():
        if block["file"]:
            (where / block["file"]).parent.mkdir(parents=True, exist_ok=True)
            (where / block["file"]).write_text(block["text"], "utf-8")
        elif block["kind"] == "sh":
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", f"{block['text']}\npwd > {tmp_path}/where"],
                cwd=where, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{block['text']}\n{done.stdout}\n{done.stderr}"
            where = Path((tmp_path / "where").read_text().strip())
            said += done.stdout
        elif block["kind"] == "console":
            for line in (line for line in block["text"].splitlines() if line.strip() not in ("", "…")):
                assert line.strip() in said, (
                    f"the tutorial shows this line, but nothing printed it: {line}\n{said}"
                )
    print(said)  # shown where something below fails
    pages = PdfReader(where / "scorecard.pdf").pages
    assert "Value won" in "".join(page.extract_text() for page in pages)
    assert list((where / "dist").glob("tallymark_acme-*.whl"))
    shutil.rmtree(tmp_path / "data", ignore_errors=True)
