"""The built-in market pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestMarket = pack_tests("market")
