"""The built-in deals pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestDeals = pack_tests("deals")
