"""The built-in conversion pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestConversion = pack_tests("conversion")
