"""Writing the right `inputs=` into a pack's source, and touching nothing else."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 100  # columns


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """A file with its new text, and what was changed as a unified diff."""

    file: Path
    text: str
    diff: str
    keys: tuple[str, ...]


def fix_inputs(files: list[Path], wanted: Mapping[str, tuple[str, ...]]) -> list[Fixed]:
    """The files with the inputs of these metrics put right; nothing is written yet.

    Args:
        wanted: metric's key → the inputs that its formula uses. A metric is found by its literal `key="…"`; one
            whose key is put together by code isn't.
    """
    found: list[Fixed] = []
    for file in files:
        before = file.read_text(encoding="utf-8")
        after, keys = with_inputs(before, wanted)
        if after != before:
            changes = difflib.unified_diff(
                before.splitlines(keepends=True), after.splitlines(keepends=True), str(file), str(file)
            )
            found.append(Fixed(file=file, text=after, diff="".join(changes), keys=keys))
    return found


def with_inputs(source: str, wanted: Mapping[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    """The source with these inputs, and the keys that were found in it."""
    edits: list[tuple[int, int, str]] = []
    keys: list[str] = []
    lines = source.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    for key, call in _declarations(ast.parse(source)):
        if key in wanted:
            edits.append(_edit(call, wanted[key], lines, starts))
            keys.append(key)
    raw = source.encode()
    for start, end, text in sorted(edits, reverse=True):
        raw = raw[:start] + text.encode() + raw[end:]
    after = raw.decode()
    _refuse_other_changes(after, {key: wanted[key] for key in keys})
    return after, tuple(keys)


def _declarations(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with a literal `key="…"` and a formula, by its key."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = {each.arg: each.value for each in node.keywords}
            key = given.get("key")
            if "formula" in given and isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, node


def _edit(
    call: ast.Call, inputs: tuple[str, ...], lines: list[bytes], starts: list[int]
) -> tuple[int, int, str]:
    """(first byte, byte after the last, new text)."""

    def written(keyword: ast.keyword) -> str:
        line = lines[keyword.lineno - 1]
        return _written(inputs, keyword.col_offset, len(line) - len(line.lstrip()))

    for each in call.keywords:
        if each.arg == "inputs":
            value = each.value
            start = starts[value.lineno - 1] + value.col_offset
            end = starts[(value.end_lineno or value.lineno) - 1] + (value.end_col_offset or value.col_offset)
            return start, end, written(each)
    formula = next(each for each in call.keywords if each.arg == "formula")
    start = starts[formula.lineno - 1] + formula.col_offset
    break_after = "\n" + " " * formula.col_offset if formula.lineno != call.lineno else " "
    return start, start, f"inputs={written(formula)},{break_after}"


def _written(inputs: tuple[str, ...], column: int, indent: int) -> str:
    """The tuple as source: on one line, or an input a line where that gets too long."""
    quoted = [f'"{name}"' for name in inputs]
    line = f"({', '.join(quoted)}{',' if len(quoted) == 1 else ''})"
    if column + len("inputs=") + len(line) < _LONGEST:
        return line
    inner = " " * (indent + 4)
    return "(\n" + "".join(f"{inner}{name},\n" for name in quoted) + " " * indent + ")"


def _refuse_other_changes(source: str, wanted: Mapping[str, tuple[str, ...]]) -> None:
    """Raises ValueError unless the source is Python and has just these inputs."""
    for key, call in _declarations(ast.parse(source)):
        given = next((each.value for each in call.keywords if each.arg == "inputs"), None)
        if key in wanted and (given is None or ast.literal_eval(given) != wanted[key]):
            raise ValueError(f"the inputs of {key} could not be written; mend them by hand")
