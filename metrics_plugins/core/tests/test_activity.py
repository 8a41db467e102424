"""The built-in activity pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestActivity = pack_tests("activity")
