"""The process that draws: warm or for one order, it draws the same, and what happens to one order happens to no other."""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tallymark.scorecards import errors
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.document import Notes
from tallymark.scorecards.render import Limits, ordering, render_pdf
from tallymark.scorecards.render.ordering import Renderer
from tallymark.scorecards.render.warming import LOCALES, sample


@pytest.fixture
def warm():
    """The renderer that is kept, as in a worker."""
    ordering.let_cool()
    ordering.keep_warm()
    yield ordering.warm_renderer()
    ordering.let_cool()


def children(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def eventually(holds, seconds=20.0):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def takers(renderer):
    """The processes that take orders: the child of the one that loads."""
    return children(renderer._process.pid)


def test_warm_or_alone_the_bytes_are_the_same(warm):
    for locale in LOCALES:
        assert render_pdf(sample(locale)).pdf == render_pdf(sample(locale)).pdf
    kept = render_pdf(sample("fa")).pdf
    ordering.let_cool()
    assert render_pdf(sample("fa")).pdf == kept


def test_a_language_that_was_not_loaded_is_drawn_all_the_same(warm):
    assert render_pdf(sample("de")).pages >= 1


def test_orders_at_the_same_time_do_not_mix(warm):
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda locale: render_pdf(sample(locale)).pdf, LOCALES * 2))
    assert drawn == [render_pdf(sample(locale)).pdf for locale in LOCALES] * 2


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="No /proc to find processes in; this needs Linux."
)
def test_the_one_that_takes_orders_is_replaced_when_it_dies(warm):
    render_pdf(sample("en"))
    (taker,) = takers(warm)
    with ThreadPoolExecutor(1) as pool:
        order = pool.submit(warm.draw, _endless(), 60)
        eventually(lambda: children(taker))
        os.kill(taker, signal.SIGKILL)
        lost = order.result()
    assert (lost.status, lost.answer, lost.late) == (None, b"", False)
    assert render_pdf(sample("en")).pages >= 1
    assert takers(warm) != [taker]


def test_when_the_whole_renderer_is_lost_a_new_one_is_started(warm):
    render_pdf(sample("en"))
    warm._process.kill()
    warm._process.wait()
    eventually(lambda: not warm.alive)
    assert render_pdf(sample("en")).pages >= 1
    assert ordering.warm_renderer() is not warm


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="No /proc to find processes in; this needs Linux."
)
def test_a_late_order_is_ended_and_the_next_is_drawn(warm):
    render_pdf(sample("en"))
    reply = warm.draw(_endless(), 0.5)
    assert reply.late
    (taker,) = takers(warm)
    eventually(lambda: not children(taker))
    assert render_pdf(sample("en")).pages >= 1


def test_without_time_an_order_ends_with_its_name(warm):
    with pytest.raises(errors.RenderTimedOut, match=r"over 0\.01 s"):
        render_pdf(sample("en"), limits=Limits(wall_seconds=0.01))
    assert render_pdf(sample("en")).pages >= 1


def test_it_ends_with_whoever_holds_it():
    renderer = Renderer()
    renderer._orders.close()
    assert renderer._process.wait(60) == 0
    renderer.close()


def test_a_fork_orders_from_the_same_renderer(warm):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writing, str(render_pdf(sample("en")).pages).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        assert int(said.read()) >= 1
    os.waitpid(pid, 0)
    assert render_pdf(sample("en")).pages >= 1


def _endless():
    """An order that is drawn for as long as it may."""
    notes = Notes(title="N", lines=tuple("many words " * 30 for _ in range(12)))
    document = replace(sample("en"), sections=(notes,) * 2000)
    order = {
        "document": to_json(document),
        "assets": {},
        "rows": {},
        "attach": True,
        "limits": asdict(Limits()),
    }
    return json.dumps(order).encode()
