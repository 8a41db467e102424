"""The built-in cash pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestCash = pack_tests("cash")
