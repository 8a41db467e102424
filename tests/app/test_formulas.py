"""What a spreadsheet would run is kept from running; numbers stay numbers."""

import pytest

from tallymark.formulas import neutral


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "--5"]
)
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["-5", "-5.25", "0", "Acme", "a=b", "", "Nguyễn", "−5"])
def test_everything_else_stays(text: str) -> None:
    assert neutral(text) == text
