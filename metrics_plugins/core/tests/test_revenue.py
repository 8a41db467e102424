"""The built-in revenue pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestRevenue = pack_tests("revenue")
