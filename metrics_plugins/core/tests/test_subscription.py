"""The built-in subscription pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestSubscription = pack_tests("subscription")
