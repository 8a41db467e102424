"""`python -m tallymark_sdk`: what the platform's `tallymark metrics` offers authors, without the platform."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tallymark_sdk.errors import TallymarkError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0, 1 where something is wrong with a pack, or 2 for a wrong call."""
    parser = argparse.ArgumentParser(
        prog="python -m tallymark_sdk", description="For authors of metric packs."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="make a new pack")
    new.add_argument("name", help="the family of its metrics, such as acme")
    new.add_argument("--folder", type=Path, help="where to write it; ./NAME by default")
    check = commands.add_parser("check", help="say everything that is wrong with a pack")
    check.add_argument("pack", nargs="?", help="a family or a pack's folder; every installed pack by default")
    check.add_argument("--fix", action="store_true", help="write the inputs and missing texts first")
    given = parser.parse_args(arguments)
    if given.command == "check":
        from tallymark_sdk.authoring.checking import main_check

        return main_check(given.pack, fix=given.fix)
    return _new(given.name, given.folder)


def _new(name: str, folder: Path | None) -> int:
    from tallymark_sdk.authoring.scaffold import new_pack, next_steps

    try:
        written = new_pack(name, folder)
    except TallymarkError as error:
        print(error, file=sys.stderr)
        return 2
    print(next_steps(name, folder, written))
    return 0
