"""The built-in pipeline pack, held to what the kit asks of anybody's."""

from tallymark_sdk.testing import pack_tests

TestPipeline = pack_tests("pipeline")
