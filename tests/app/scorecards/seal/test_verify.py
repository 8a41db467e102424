"""Verifying editions."""

from datetime import date

SEPTEMBER = date(2026, 9, 1)


def test_an_edition_verifies(company):
    found = company.verified(company.edition(SEPTEMBER))
    assert (found.problems, found.notes, found.differences, found.changes) == ((), (), (), ())
    assert found.verdict == "verified"
    assert found.composed_alike is True
    assert found.equal == found.figures > 50
