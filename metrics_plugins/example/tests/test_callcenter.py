"""Everything that the kit holds a pack to."""

from tallymark_sdk.testing import pack_tests

TestCallcenter = pack_tests("callcenter")
