"""Keeping spreadsheets from taking exported text for a formula."""

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """`text`, with an apostrophe before it where a spreadsheet would run it; plain numbers stay as they are."""
    return "'" + text if text.startswith(STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()
