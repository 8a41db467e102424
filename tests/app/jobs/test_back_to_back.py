"""Real workers whose child does one run after the other, of several tenants, and survives what goes wrong in one."""

from __future__ import annotations

from uuid import UUID

import pytest

from tallymark_tenants.profile import TenantProfile

from .conftest import Ask, Look, MakeTenant, Start, wait_until

WORKER = ("worker", "--handlers", "sample_handlers", "--lease", "2")
DISPATCHER = ("dispatcher", "--grace", "2", "--reconcile-every", "0.5", "--in-flight", "20")


def done(look: Look, tenant: TenantProfile, runs: list[UUID]) -> bool:
    """Whether all have ended well."""
    return all(look(tenant, run_id).status == "done" for run_id in runs)


def test_light_runs_of_many_tenants_share_a_process_and_a_connection(
    start: Start, make_tenant: MakeTenant, ask: Ask, look: Look
) -> None:
    tenants = [make_tenant() for _ in range(6)]
    runs = [(tenant, ask(tenant, "sample.quick")) for tenant in tenants for _ in range(3)]
    start(*DISPATCHER)
    worker = start(*WORKER)
    wait_until(lambda: all(look(tenant, run_id).status == "done" for tenant, run_id in runs), 60)
    results = [look(tenant, run_id).result for tenant, run_id in runs]
    assert len({result["process"] for result in results}) == 1
    assert {result["process"] for result in results} != {worker.pid}
    assert len({result["backend"] for result in results}) == 1, "the connection stays warm"
    assert all(result["right_tenant"] for result in results), "each transaction names its own tenant"


def test_a_run_that_wants_a_process_of_its_own_gets_it(
    start: Start, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    kinds = ["sample.quick", "sample.alone", "sample.quick", "sample.alone"]
    runs = [ask(tenant, kind) for kind in kinds]
    start(*DISPATCHER)
    start(*WORKER)
    wait_until(lambda: done(look, tenant, runs), 60)
    processes = [look(tenant, run_id).result["process"] for run_id in runs]
    assert len(set(processes)) == 4, "nothing came before it in its process, and nothing after it"


@pytest.mark.parametrize("way", ["killed", "timeout", "error", "thread"])
def test_what_goes_wrong_in_one_run_stays_in_it(
    way: str, start: Start, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    before = [ask(tenant, "sample.quick") for _ in range(2)]
    bad = ask(tenant, "sample.trouble", {"way": way})
    after = [ask(tenant, "sample.quick") for _ in range(4)]
    start(*DISPATCHER)
    start(*WORKER)
    wait_until(lambda: done(look, tenant, [*before, *after]), 60)
    assert [look(tenant, run_id).attempts for run_id in [*before, *after]] == [1] * 6
    wait_until(lambda: look(tenant, bad).status == "done", 60)
    assert look(tenant, bad).attempts == (1 if way == "thread" else 2)
    spoilt = look(tenant, before[0]).result["process"]
    assert spoilt not in {look(tenant, run_id).result["process"] for run_id in after}, "it was replaced"


def test_a_child_is_replaced_when_it_has_done_its_share(
    start: Start, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    runs = [ask(tenant, "sample.quick") for _ in range(5)]
    start(*DISPATCHER)
    start(*WORKER, "--child-runs", "2")
    wait_until(lambda: done(look, tenant, runs), 60)
    assert len({look(tenant, run_id).result["process"] for run_id in runs}) == 3


def test_a_child_that_grew_too_large_is_replaced(
    start: Start, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    runs = [ask(tenant, "sample.quick") for _ in range(3)]
    start(*DISPATCHER)
    start(*WORKER, "--child-megabytes", "1")
    wait_until(lambda: done(look, tenant, runs), 60)
    assert len({look(tenant, run_id).result["process"] for run_id in runs}) == 3


def test_a_stop_signal_lets_the_run_at_hand_end_and_takes_the_child_along(
    start: Start, tenant: TenantProfile, ask: Ask, look: Look, tmp_path: object
) -> None:
    run_id = ask(tenant, "sample.slow", {"trace": f"{tmp_path}/trace", "seconds": [2, 0]})
    start(*DISPATCHER)
    worker = start(*WORKER)
    wait_until(lambda: look(tenant, run_id).progress == 0.5, 30)
    worker.terminate()
    assert worker.wait(timeout=30) == 0
    assert (look(tenant, run_id).status, look(tenant, run_id).attempts) == ("done", 1)
