"""The test kit for packs.

A pack's whole test file::

from tallymark_sdk.testing import pack_tests

TestAcme = pack_tests("acme")
"""


def pack_tests(family: str) -> type:
    """A class with a test for each check of each metric of the installed pack `family`, for pytest to collect."""
    from tallymark_sdk.testing.pytest_class import make  # pytest is there when tests run, not with the SDK

    return make(family)
