"""The built-in cost pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestCost = pack_tests("cost")
