"""The built-in people pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestPeople = pack_tests("people")
