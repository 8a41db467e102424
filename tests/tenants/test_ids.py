import time
from uuid import UUID

from tallymark_tenants.ids import uuid7


def test_ids_are_version_7_and_sort_by_time():
    before = time.time_ns() // 1_000_000
    first = uuid7()
    time.sleep(0.002)
    second = uuid7()
    assert first < second
    assert first.version == second.version == 7
    assert first.variant == UUID(int=0x8 << 60).variant
    assert before <= first.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_do_not_repeat():
    assert len({uuid7() for _ in range(10_000)}) == 10_000
