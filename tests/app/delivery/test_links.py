"""Links that work without an account, and messages that come back."""

import base64
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tallymark.app import create_app
from tallymark.delivery.bouncing import NotABounce, note, read
from tallymark.delivery.kept import told
from tallymark.delivery.links import Link, read_return_path, read_token, return_path, token_for
from tallymark.web.settings import WebSettings
from tallymark_tenants.models import Delivery, Recipient

KEY = "k" * 40


def test_a_token_is_its_own_and_nobody_elses():
    link = Link(purpose="pdf", tenant_id=uuid4(), id=uuid4())
    token = token_for(KEY, link)
    assert token == token_for(KEY, link)
    assert read_token(KEY, token) == link
    assert read_token("other" * 10, token) is None
    assert token_for(KEY, Link(purpose="stop", tenant_id=link.tenant_id, id=link.id)) != token


def test_no_changed_token_is_read():
    token = token_for(KEY, Link(purpose="pdf", tenant_id=uuid4(), id=uuid4()))
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    for place in range(len(raw)):
        changed = bytes(raw[:place]) + bytes([raw[place] ^ 1]) + bytes(raw[place + 1 :])
        assert read_token(KEY, base64.urlsafe_b64encode(changed).decode().rstrip("=")) is None
    for wrong in ("", "x", "é", token[:-1], token + "A", token + "=", "\0" * 66, " " + token):
        assert read_token(KEY, wrong) is None, wrong


def test_a_return_address_fits_mail_and_names_its_delivery():
    identity = uuid4()
    address = return_path(KEY, "bounces@kpi.example.com", identity)
    assert address.endswith("@kpi.example.com")
    assert len(address.partition("@")[0]) <= 64
    assert read_return_path(KEY, address) == identity
    assert read_return_path(KEY, address.upper()) == identity
    assert read_return_path(KEY, "bounces@kpi.example.com") is None
    assert read_return_path("o" * 40, address) is None
    assert return_path(KEY, "", identity) == ""


@pytest.fixture
def sent(post, mailbox):
    """A message that was sent to somebody without an account, and the addresses in it."""
    recipient = post.recipient(address="ann@example.com", name="Ann")
    post.plan()
    post.finish()
    (delivery,) = post.deliveries()
    assert delivery.state == "sent"
    (mail,) = mailbox.to("ann@example.com")
    body = mail.get_body(("plain",)).get_content()
    link = next(word for word in body.split() if word.startswith("https://kpi.example.com/d/"))
    stop = mail["List-Unsubscribe"].strip("<>")
    client = create_app(post.settings, WebSettings(), database=post.database).test_client()
    return {
        "recipient": recipient,
        "delivery": delivery.id,
        "link": link.removeprefix("https://kpi.example.com"),
        "stop": stop.removeprefix("https://kpi.example.com"),
        "client": client,
        "mail": mail,
    }


def change(post, **columns):
    with post.database.tenant(post.profile.id) as session:
        delivery = session.get_one(Delivery, (post.profile.id, post.deliveries()[0].id))
        for name, value in columns.items():
            setattr(delivery, name, value)


def test_the_link_opens_the_pdf_until_it_is_withdrawn_or_old(post, sent):
    with sent["client"].get(sent["link"]) as response:
        assert response.status_code == 200
        assert response.get_data().startswith(b"%PDF")
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert "no-store" in response.headers["Cache-Control"]
    assert post.deliveries()[0].link_opened == 1
    change(post, link_expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert sent["client"].get(sent["link"]).status_code == 404
    change(post, link_expires_at=datetime.now(UTC) + timedelta(days=1), link_revoked_at=datetime.now(UTC))
    assert sent["client"].get(sent["link"]).status_code == 404
    assert sent["client"].get("/d/" + "A" * 66).status_code == 404
    assert sent["client"].get(sent["stop"].replace("/stop", "")).status_code == 404, "a way out opens no PDF"


def test_the_token_itself_is_not_in_the_database(post, sent):
    assert sent["link"].rpartition("/")[2] not in post.all_text()
    assert sent["stop"].rpartition("/")[2] not in post.all_text()


def test_opening_the_way_out_changes_nothing_and_one_click_stops(post, sent):
    page = sent["client"].get(sent["stop"])
    assert page.status_code == 200
    assert "Acme" in page.get_data(as_text=True)
    assert recipient(post, sent).paused_at is None
    answer = sent["client"].post(sent["stop"], data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    paused = recipient(post, sent)
    assert paused.paused_at is not None
    assert "asked for no more" in str(told(paused.paused_reason))
    assert post.plan("later") == []


def recipient(post, sent) -> Recipient:
    with post.database.tenant(post.profile.id) as session:
        return session.get_one(Recipient, (post.profile.id, sent["recipient"]))


def notification(
    *, to: str, recipient: str, action: str = "failed", status: str = "5.1.1", message_id: str = ""
) -> bytes:
    """A delivery status notification as mail servers write them."""
    return (
        f"From: MAILER-DAEMON@mx.example.com\r\nTo: {to}\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User\r\n unknown\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: Sales\r\n\r\n--b--\r\n"
    ).encode()


def test_what_came_back_to_a_signed_address_ends_the_delivery_and_pauses(post, sent):
    to = return_path(post.settings.secret_key, "bounces@kpi.example.com", sent["delivery"])
    found = read(notification(to=to, recipient="someone-else@example.com"), post.settings)
    assert (found.proven, found.is_final, found.words) == (True, True, "550 5.1.1 User unknown")
    assert note(post.database, found) == "bounced"
    (delivery,) = post.deliveries()
    assert delivery.state == "bounced"
    assert "User unknown" in str(told(delivery.reason))
    assert recipient(post, sent).paused_at is not None


def test_without_a_signed_address_the_message_id_and_the_recipient_must_fit(post, sent):
    message_id = str(sent["mail"]["Message-ID"])
    plain = {"to": "scorecards@kpi.example.com", "message_id": message_id}
    stranger = read(notification(recipient="eve@example.com", **plain), post.settings)
    assert note(post.database, stranger) == "unknown"
    assert post.deliveries()[0].state == "sent"
    right = read(notification(recipient="Ann@example.com", **plain), post.settings)
    assert note(post.database, right) == "bounced"


def test_a_delay_is_noted_and_a_full_mailbox_pauses_nobody(post, sent):
    to = return_path(post.settings.secret_key, "bounces@kpi.example.com", sent["delivery"])
    late = read(
        notification(to=to, recipient="ann@example.com", action="delayed", status="4.4.1"), post.settings
    )
    assert note(post.database, late) == "noted"
    assert post.deliveries()[0].state == "sent"
    full = read(notification(to=to, recipient="ann@example.com", status="5.2.2"), post.settings)
    assert note(post.database, full) == "bounced"
    assert recipient(post, sent).paused_at is None


def test_other_mail_is_no_notification(post):
    plain = EmailMessage()
    plain["To"] = "bounces@kpi.example.com"
    plain.set_content("I am on holiday.")
    for raw in (b"", b"\xff\xfe", plain.as_bytes(), b"x" * (6 * 1024 * 1024)):
        with pytest.raises(NotABounce):
            read(raw, post.settings)
    unknown = return_path(post.settings.secret_key, "bounces@kpi.example.com", UUID(int=1))
    found = read(notification(to=unknown, recipient="ann@example.com"), post.settings)
    assert note(post.database, found) == "unknown"


def test_another_company_sees_none_of_it(post, sent, make_post):
    other = make_post()
    with other.database.tenant(other.profile.id) as session:
        for table in ("deliveries", "delivery_recipients", "delivery_channels"):
            rows = session.execute(text(f"select tenant_id from {table}")).all()
            assert {row.tenant_id for row in rows} <= {other.profile.id}
