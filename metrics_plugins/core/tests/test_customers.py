"""The built-in customers pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestCustomers = pack_tests("customers")
