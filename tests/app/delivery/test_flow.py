"""From a tick to messages that arrive once, each in its reader's language and with their rows."""

import logging
import os
import re
import signal
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from tallymark.delivery import sending
from tallymark.delivery.channels import SlackChannel
from tallymark.delivery.gate import Verdict
from tallymark.delivery.kept import told
from tallymark.delivery.stored import add_channel
from tallymark.jobs.entry import perform
from tallymark.jobs.runtime import Runtime
from tallymark.jobs.schedules.tick import tick_due
from tallymark_tenants.models import DeliveryChannel, Edition, Membership, Recipient, User

MARKS = re.compile("[\u2066-\u2069]")


def plain(mail) -> str:
    return MARKS.sub("", mail.get_body(("plain",)).get_content())


def test_one_schedule_sends_each_reader_their_rows_in_their_language(post, mailbox):
    post.recipient(
        address="bao@example.com", name="Bảo", locale="vi", scope={"dimension": "rep", "member": "bao"}
    )
    post.recipient(
        address="manager@example.com",
        locale="fa",
        scope={"dimension": "team", "member": "south"},
        attach="pdf",
    )
    post.recipient(address="board@example.com", locale="en", attach="pdf_xlsx")
    post.recipient(address="board2@example.com", locale="en")
    assert len(post.plan()) == 4
    post.finish()
    assert {each.state for each in post.deliveries()} == {"sent"}
    with post.database.tenant(post.profile.id) as session:
        editions = session.scalars(select(Edition)).all()
    assert len(editions) == 3, "one for each language and scope"

    (bao,), (manager,), (board,) = (mailbox.to(f"{who}@example.com") for who in ("bao", "manager", "board"))
    assert (bao["Content-Language"], manager["Content-Language"], board["Content-Language"]) == (
        "vi",
        "fa",
        "en",
    )
    assert "200" in plain(bao)
    assert "600" not in plain(bao)
    assert "۵۰۰" in plain(manager)
    assert not re.search("[0-9]", manager["Subject"]), manager["Subject"]
    assert "$600" in plain(board)
    assert board["Subject"] == "Sales: June 2026"
    assert [part.get_filename() for part in bao.iter_attachments()] == []
    names = [part.get_filename() for part in board.iter_attachments()]
    assert names == [f"{post.profile.slug}-2026-06-01.pdf", f"{post.profile.slug}-2026-06-01.xlsx"]
    (pdf,) = list(manager.iter_attachments())
    assert pdf.get_content().startswith(b"%PDF")


def test_a_tick_is_made_and_sent_and_the_next_one_is_waited_for(post, mailbox):
    post.recipient(address="ann@example.com")
    due = datetime.now(UTC) - timedelta(minutes=1)
    post.change(enabled=True, next_at=due, rule='{"every": "day", "at": "06:00"}')
    with post.database.dispatcher() as session:
        assert tick_due(post.database, session) >= 1
    post.finish()
    assert [each.state for each in post.deliveries()] == ["sent"]
    assert [each.occurrence for each in post.deliveries()] == [due.isoformat()]
    with post.database.dispatcher() as session:
        tick_due(post.database, session)
    post.finish()
    assert len(mailbox.to("ann@example.com")) == 1


def test_whoever_is_paused_or_removed_meanwhile_gets_nothing(post, mailbox):
    paused, removed = post.recipient(address="ann@example.com"), post.recipient(address="bob@example.com")
    post.plan()
    with post.database.tenant(post.profile.id) as session:
        session.get_one(Recipient, (post.profile.id, paused)).paused_at = datetime.now(UTC)
        session.delete(session.get_one(Recipient, (post.profile.id, removed)))
    post.finish()
    assert {each.state for each in post.deliveries()} == {"discarded"}
    assert {str(told(each.reason)) for each in post.deliveries()} == {
        "The recipient is paused; resume it first.",
        "The recipient was removed before it was sent.",
    }
    assert mailbox.taken == []


def test_the_same_tick_planned_again_adds_nothing(post, mailbox):
    post.recipient(address="ann@example.com")
    assert len(post.plan()) == 1
    assert post.plan() == []
    post.finish()
    assert post.plan() == []
    post.finish()
    assert len(mailbox.taken) == 1


def test_a_busy_server_is_tried_again_later_and_once_is_enough(post, mailbox):
    mailbox.refuse["ann@example.com"] = ["451 try later", "421 not now", "250 OK"]
    post.recipient(address="ann@example.com")
    post.plan()
    post.finish()
    (delivery,) = post.deliveries()
    assert (delivery.state, delivery.attempts, delivery.response) == ("queued", 1, "451 try later")
    assert delivery.due_at > datetime.now(UTC) + timedelta(seconds=50)
    post.due_now()
    post.finish()
    mailbox.refuse.clear()
    post.due_now()
    post.finish()
    (delivery,) = post.deliveries()
    assert (delivery.state, delivery.attempts) == ("sent", 3)
    assert len(mailbox.taken) == 1


def test_after_many_tries_it_fails_with_the_servers_words(post, mailbox):
    mailbox.refuse["ann@example.com"] = ["451 try later"]
    post.recipient(address="ann@example.com")
    post.plan()
    for _ in range(sending.MOST_ATTEMPTS + 1):
        post.finish()
        post.due_now()
    (delivery,) = post.deliveries()
    assert (delivery.state, delivery.attempts) == ("failed", sending.MOST_ATTEMPTS)
    assert str(told(delivery.reason)) == "The server refused ann@example.com: 451 try later Tried 8 times."


def test_an_unknown_address_fails_with_a_reason_and_is_paused(post, mailbox):
    mailbox.refuse["ann@example.com"] = ["550 5.1.1 no such user"]
    identity = post.recipient(address="ann@example.com")
    post.plan()
    post.finish()
    (delivery,) = post.deliveries()
    assert delivery.state == "failed"
    assert str(told(delivery.reason)) == "The server refused ann@example.com: 550 5.1.1 no such user"
    with post.database.tenant(post.profile.id) as session:
        paused = session.get_one(Recipient, (post.profile.id, identity))
        assert paused.paused_at is not None
        assert "no such user" in str(told(paused.paused_reason))
    assert post.plan("2026-08-03T04:00:00+00:00") == [], "nobody is left to write to"


def test_killed_before_the_text_leaves_it_is_sent_once_by_the_next(post, mailbox, monkeypatch):
    post.recipient(address="ann@example.com")
    post.plan()
    post.work("scorecard")
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_mark", kill)
        with pytest.raises(RunTakenAway):
            post.work("message")
    assert mailbox.taken == []
    again(post)
    post.finish()
    (delivery,) = post.deliveries()
    assert delivery.state == "sent"
    assert len(mailbox.taken) == 1


def test_killed_after_the_text_left_it_is_never_sent_twice(post, mailbox, monkeypatch):
    """Who wrote that it may be out can't know; a person decides."""
    post.recipient(address="ann@example.com")
    post.plan()
    post.work("scorecard")
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_after", kill)
        with pytest.raises(RunTakenAway):
            post.work("message")
    assert len(mailbox.taken) == 1
    (delivery,) = post.deliveries()
    assert delivery.state == "sending"
    again(post)
    post.finish()
    (delivery,) = post.deliveries()
    assert delivery.state == "unsure"
    assert "interrupted" in str(told(delivery.reason))
    assert len(mailbox.taken) == 1


def test_a_worker_killed_while_the_server_takes_the_text_sends_it_once(post, mailbox):
    """A real SIGKILL, in the one moment that nobody can know about: the server has the message, its answer is lost."""
    post.recipient(address="ann@example.com")
    post.plan()
    post.work("scorecard")
    post.wake()
    ((lease, kind),) = post.waiting()
    assert kind == "message"
    started = os.fork()
    if not started:
        perform(Runtime(settings=post.settings, open_database=lambda: post.database), lease)
        os._exit(0)
    mailbox.when_taken = lambda: os.kill(started, signal.SIGKILL)
    _, status = os.waitpid(started, 0)
    assert os.WIFSIGNALED(status), "it was to be killed"
    mailbox.when_taken = lambda: None
    assert len(mailbox.to("ann@example.com")) == 1
    assert [each.state for each in post.deliveries()] == ["sending"]
    again(post)
    post.finish()
    assert [each.state for each in post.deliveries()] == ["unsure"]
    assert len(mailbox.to("ann@example.com")) == 1


def test_a_killed_webhook_is_sent_again_with_the_key_of_the_first(post, hooks, hook_url, monkeypatch):
    channel = channel_for(post, "webhook", hook_url)
    post.recipient(kind="channel", channel_id=channel)
    post.plan()
    post.work("scorecard")
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_after", kill)
        with pytest.raises(RunTakenAway):
            post.work("message")
    again(post)
    post.finish()
    assert [each.state for each in post.deliveries()] == ["sent"]
    assert len({headers["idempotency-key"] for _, headers, _ in hooks.posted}) == 1
    assert len(hooks.posted) == 2


def test_the_message_has_the_same_id_in_each_attempt(post, mailbox):
    mailbox.refuse_data = ["451 not yet"]
    post.recipient(address="ann@example.com")
    post.plan()
    post.finish()
    first = post.deliveries()[0]
    post.due_now()
    post.finish()
    second = post.deliveries()[0]
    assert first.message_id == second.message_id == mailbox.taken[0][2]["Message-ID"]
    assert first.link_hash == second.link_hash


def test_an_edition_that_cannot_be_made_is_a_failure_with_its_reason(post):
    post.recipient(address="ann@example.com")
    post.plan()
    with post.database.tenant(post.profile.id) as session:
        session.execute(
            text("update runs set status = 'failed', error = 'The lake is gone.' where kind = 'scorecard'")
        )
    post.finish()
    (delivery,) = post.deliveries()
    assert (delivery.state, str(told(delivery.reason))) == (
        "failed",
        "The scorecard could not be made: The lake is gone.",
    )


def test_nothing_is_asked_for_while_the_edition_is_being_made(post):
    post.recipient(address="ann@example.com")
    post.plan()
    assert post.wake() == 0
    assert [kind for _, kind in post.waiting()] == ["scorecard"]


def hold(post) -> None:
    """Let the message be held: data of a running period may be no hours old."""
    post.change(covers="running", gate={"hours": 0})
    assert len(post.plan(day=datetime.now(UTC).date() + timedelta(days=1))) >= 1
    post.finish()


def test_old_data_holds_the_message_and_tells_each_owner_once(post, mailbox):
    with post.database.auth() as session:
        owner = User(email=f"{post.profile.slug}@example.com", name="Olga", locale="fa")
        viewer = User(email=f"viewer-{post.profile.slug}@example.com", name="Vic")
        session.add_all([owner, viewer])
        session.flush()
        session.add(Membership(tenant_id=post.profile.id, user_id=owner.id, role="owner"))
        session.add(Membership(tenant_id=post.profile.id, user_id=viewer.id, role="viewer"))
    post.recipient(address="ann@example.com")
    post.recipient(address="bob@example.com")
    hold(post)
    held = post.deliveries(purpose="edition")
    assert [each.state for each in held] == ["held", "held"]
    assert "Older than 0 hours" in str(told(held[0].reason))
    ((_, to, note),) = mailbox.taken
    assert to == [f"{post.profile.slug}@example.com"]
    assert note["Content-Language"] == "fa"
    assert f"/t/{post.profile.slug}/delivery/{post.schedule_id}" in note.get_body(("plain",)).get_content()

    with post.database.tenant(post.profile.id) as session:
        session.execute(
            text(
                "update deliveries set state = 'queued', released_by = :who, due_at = now() where purpose = 'edition'"
            ),
            {"who": owner.id},
        )
    post.finish()
    assert [each.state for each in post.deliveries(purpose="edition")] == ["sent", "sent"]
    (mail,) = mailbox.to("ann@example.com")
    assert "Older than 0 hours" in mail.get_body(("plain",)).get_content(), "it carries its reasons"


def test_by_policy_the_same_is_a_banner_or_nothing(post, mailbox):
    post.recipient(address="ann@example.com")
    post.change(covers="running", gate={"hours": 0, "fresh": "banner"})
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    post.plan(day=tomorrow)
    post.finish()
    post.change(gate={"hours": 0, "fresh": "ignore"})
    post.plan(day=tomorrow, occurrence="again")
    post.finish()
    first, second = mailbox.to("ann@example.com")
    assert "Older than 0 hours" in plain(first)
    assert "Older than 0 hours" in first.get_body(("html",)).get_content()
    assert "Older than" not in plain(second)
    verdict = Verdict.read(post.deliveries()[0].gate)
    assert verdict.act == "banner"


def test_a_channel_gets_the_scorecard_and_its_secret_is_nowhere(post, hooks, hook_url, caplog):
    caplog.set_level(logging.DEBUG)
    secret = f"{hook_url}/services/T0/B0/sEcReTpath12"
    channel = channel_for(post, "slack", secret)
    post.recipient(kind="channel", channel_id=channel, locale="zh-Hant")
    post.plan()
    hooks.answers = [(500, {}, b"oops"), (200, {}, b"ok")]
    post.finish()
    post.due_now()
    post.finish()
    assert [each.state for each in post.deliveries()] == ["sent"]
    assert [path for path, _, _ in hooks.posted] == ["/services/T0/B0/sEcReTpath12"] * 2
    with post.database.tenant(post.profile.id) as session:
        kept = session.get_one(DeliveryChannel, (post.profile.id, channel))
        assert kept.hint == "127.0.0.1 …th12"
    assert "sEcReT" not in post.all_text()
    assert "sEcReT" not in caplog.text


def test_a_channels_secret_opens_for_its_own_row_alone(post, make_post, hook_url):
    from tallymark.delivery.stored import channel_of
    from tallymark.vault import CannotOpen

    other = make_post()
    mine, theirs = (
        channel_for(post, "slack", f"{hook_url}/mine"),
        channel_for(other, "slack", f"{hook_url}/x"),
    )
    with post.database.tenant(post.profile.id) as session:
        sealed = session.get_one(DeliveryChannel, (post.profile.id, mine)).sealed
        assert channel_of(session, post.settings, mine) == SlackChannel(url=f"{hook_url}/mine")
    with other.database.tenant(other.profile.id) as session:
        session.get_one(DeliveryChannel, (other.profile.id, theirs)).sealed = sealed
        session.flush()
        with pytest.raises(CannotOpen):
            channel_of(session, other.settings, theirs)


class RunTakenAway(BaseException):
    """What a kill looks like from inside: nothing after it is done."""


def kill(*_arguments, **_named):
    raise RunTakenAway


def again(post) -> None:
    """What the reconciler does with the runs of a worker that died."""
    with post.database.tenant(post.profile.id) as session:
        session.execute(text("update runs set status = 'queued', fence = fence + 1 where status = 'running'"))


def channel_for(post, kind, url):
    with post.database.tenant(post.profile.id) as session:
        return add_channel(session, post.settings, post.profile.id, kind=kind, name="Sales", url=url)[0].id
