"""The typefaces that come with the product, and the proof that they work.

The PDF is set in these files alone: a generated `fonts.conf` names their folder and nothing of the system's. Without a
single usable font the text library ends the whole process, so a worker checks before it takes a job.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent / "fonts"

WEB_FOLDER = Path(__file__).parent / "webfonts"
"""The same families for browsers: `faces.css`, for Chinese pages also `faces-zh.css`, with their files beside them."""

FACES = {
    "Inter": ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf"),
    "Vazirmatn": (
        "Vazirmatn-Regular.ttf",
        "Vazirmatn-Medium.ttf",
        "Vazirmatn-SemiBold.ttf",
        "Vazirmatn-Bold.ttf",
    ),
    "Noto Sans TC": ("NotoSansTC-Regular.ttf", "NotoSansTC-Bold.ttf"),
}
"""Families by the name that the stylesheets use, with their files."""

_SMALLEST_FONT = 10_000
_CHECK_SECONDS = 60
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True, kw_only=True)
class FontProblem:
    """One thing wrong with the typefaces, and what to do about it."""

    family: str
    message: str


def fonts_conf(folder: Path, cache: Path) -> str:
    """A fontconfig file that knows `folder` only and keeps its index in `cache`."""
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{escape(str(folder))}</dir>\n  <cachedir>{escape(str(cache))}</cachedir>\n"
        "  <config><rescan><int>0</int></rescan></config>\n</fontconfig>\n"
    )


@contextmanager
def font_environment(folder: Path = FOLDER, cache: Path | None = None) -> Iterator[dict[str, str]]:
    """The environment of a process that sets text: our fonts, no secrets, nothing else of ours.

    `cache` keeps the font index between processes; without it each process makes its own.
    """
    with tempfile.TemporaryDirectory(prefix="tallymark-fonts-") as home:
        index = cache or Path(home) / "index"
        index.mkdir(parents=True, exist_ok=True)
        conf = Path(home) / "fonts.conf"
        conf.write_text(fonts_conf(folder, index), encoding="utf-8")
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        yield {
            **kept,
            "FONTCONFIG_FILE": str(conf),
            "HOME": home,
            "XDG_CACHE_HOME": home,
            "LANG": "C.UTF-8",
            "PATH": os.defpath,
        }


def missing_files(folder: Path = FOLDER) -> list[FontProblem]:
    """The font files that are absent or cut short; reading no more than their size."""
    return [
        FontProblem(family=family, message=f"{name} is missing or damaged in {folder}; reinstall Tallymark.")
        for family, names in FACES.items()
        for name in names
        if not (folder / name).is_file() or (folder / name).stat().st_size < _SMALLEST_FONT
    ]


def check_fonts(folder: Path = FOLDER) -> list[FontProblem]:
    """What is wrong with the typefaces, [] when a line in each of the three scripts was set and drawn.

    Takes about a second: it really draws, in a process of its own, because a text library without fonts crashes.
    """
    if problems := missing_files(folder):
        return problems
    with font_environment(folder) as environment:
        command = [sys.executable, "-I", "-m", "tallymark.scorecards.render.fontcheck"]
        try:
            done = subprocess.run(
                command,
                env=environment,
                cwd=environment["HOME"],
                capture_output=True,
                check=False,
                text=True,
                timeout=_CHECK_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return [
                FontProblem(
                    family="all", message="Setting a test line took over a minute; the machine is overloaded."
                )
            ]
    if done.returncode:
        return [FontProblem(family="all", message=_why(done.returncode, done.stderr))]
    drawn = set(done.stdout.split("\n"))
    return [
        FontProblem(
            family=family,
            message=f"{family} is installed but the text library does not use it; reinstall Pango.",
        )
        for family in FACES
        if family.replace(" ", "-") not in drawn
    ]


def _why(code: int, errors: str) -> str:
    if code < 0:
        return f"The text library ended with signal {-code} while setting a test line; reinstall Pango and Tallymark."
    last = (errors.strip().splitlines() or ["no message"])[-1]
    if "cannot load library" in errors:
        return "Pango is not installed; on Debian run: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
    return f"Setting a test line failed: {last[:200]}"
