"""The built-in delivery pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestDelivery = pack_tests("delivery")
