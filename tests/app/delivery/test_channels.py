"""Messages as real servers get them."""

import hashlib
import hmac
import json
from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest

from tallymark.delivery.channels import (
    Attachment,
    EmailChannel,
    Fact,
    Message,
    SlackChannel,
    TeamsChannel,
    WebhookChannel,
    send,
)
from tallymark.delivery.channels.chat import MOST_FACTS, slack_body, teams_body
from tallymark.delivery.channels.mime import WrongAddress, checked_address, mime
from tallymark.settings import Settings
from tallymark.settings_mail import MailSettings

MESSAGE = Message(
    key="0190-abc",
    event="scorecard",
    locale="fa",
    subject="کارت امتیاز فروش – مهر ۱۴۰۵",
    text="فروش ۱۲٪ بیشتر شد.",
    html="<p>فروش ۱۲٪ بیشتر شد.</p>",
    headline="فروش ۱۲٪ بیشتر شد.",
    lines=("نخست", "دوم"),
    facts=tuple(Fact(name=f"KPI {n}", value=str(n), status="on target") for n in range(12)),
    banner=("Two datasets are old.",),
    link="https://kpi.example.com/d/x",
    link_words="باز کردن",
    sender="شرکت آفتاب",
    attachments=(Attachment(name="scorecard.pdf", mime="application/pdf", content=b"%PDF-1.7"),),
    data={"period": "1405-07"},
    unsubscribe="https://kpi.example.com/d/u/y",
)
ANN = EmailChannel(address="ann@example.com", name="王小明")


@pytest.fixture
def mailing(mail_port) -> Settings:
    mail = MailSettings(host="127.0.0.1", port=mail_port, tls="none", sender="scorecards@kpi.example.com")
    return Settings(mail=mail)


@pytest.fixture
def posting() -> Settings:
    return Settings(outgoing_loopback=True)


def test_a_mail_arrives_with_its_headers_text_page_and_file(mailing, mailbox):
    outcome = send(MESSAGE, ANN, mailing)
    assert (outcome.state, outcome.response) == ("sent", "250 kept")
    ((sender, to, mail),) = mailbox.taken
    assert (sender, to) == ("scorecards@kpi.example.com", ["ann@example.com"])
    assert mail["Message-ID"] == "<0190-abc@kpi.example.com>"
    assert mail["From"].addresses[0].display_name == "شرکت آفتاب"
    assert mail["To"].addresses[0].display_name == "王小明"
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Content-Language"] == "fa"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://kpi.example.com/d/u/y>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsedate_to_datetime(mail["Date"]).tzinfo is not None
    assert mail.get_body(("plain",)).get_content().strip() == MESSAGE.text
    assert mail.get_body(("html",)).get_content().strip() == MESSAGE.html
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("scorecard.pdf", b"%PDF-1.7")


def test_every_line_on_the_wire_is_ascii_and_short(mailing):
    raw = mime(replace(MESSAGE, subject="فروش " * 80), ANN, "scorecards@example.com").as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("where", ["subject", "sender", "name", "file"])
def test_nothing_breaks_out_of_a_header(mailing, mailbox, where):
    evil = "Hello\r\nBcc: eve@example.com\u2028X-Evil: 1\n\nbody"
    message = MESSAGE
    channel = ANN
    if where == "subject":
        message = replace(MESSAGE, subject=evil)
    elif where == "sender":
        message = replace(MESSAGE, sender=evil)
    elif where == "name":
        channel = replace(ANN, name=evil)
    else:
        message = replace(MESSAGE, attachments=(Attachment(name=evil, mime="text/csv", content=b"a"),))
    assert send(message, channel, mailing).state == "sent"
    ((_, to, mail),) = mailbox.taken
    assert to == ["ann@example.com"]
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert mail.get_body(("plain",)).get_content().strip() == MESSAGE.text


@pytest.mark.parametrize(
    "address",
    [
        "", "ann", "ann@", "@example.com", "ann@example", "a b@example.com", "ann@example.com\r\nRCPT TO:<eve@x.y>",
        "ann@exa mple.com", "ann@example.com,eve@example.com", "Ann <ann@example.com>", "ann@[127.0.0.1]",
        "ann..b@example.com", "ann@example..com", "ánn@example.com", "ann@" + "x" * 250 + ".com", "ann\0@example.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address, mailing, mailbox):
    with pytest.raises(WrongAddress, match="no e-mail address"):
        checked_address(address)
    outcome = send(MESSAGE, EmailChannel(address=address), mailing)
    assert (outcome.state, outcome.address_is_bad) == ("refused", True)
    assert mailbox.taken == []


def test_a_domain_of_another_script_is_written_as_servers_take_it():
    assert checked_address(" ann@Bücher.example ") == "ann@xn--bcher-kva.example"


def test_a_busy_server_is_asked_again_later_and_an_unknown_address_is_not(mailing, mailbox):
    mailbox.refuse["ann@example.com"] = ["451 4.7.1 greylisted", "550 5.1.1 no such user"]
    first = send(MESSAGE, ANN, mailing)
    assert (first.state, first.response) == ("later", "451 4.7.1 greylisted")
    second = send(MESSAGE, ANN, mailing)
    assert (second.state, second.address_is_bad) == ("refused", True)
    assert str(second.said) == "The server refused ann@example.com: 550 5.1.1 no such user"
    mailbox.refuse.clear()
    mailbox.refuse_data = ["552 5.3.4 too big"]
    third = send(MESSAGE, ANN, mailing)
    assert (third.state, third.address_is_bad) == ("refused", False)


def test_nobody_listening_is_for_later(mailing):
    closed = replace(mailing, mail=replace(mailing.mail, port=1))
    assert send(MESSAGE, ANN, closed).state == "later"


def test_starttls_checks_the_certificate(servers, mailbox, tmp_path, monkeypatch):
    trusted = servers.certificate(tmp_path)
    with servers.mail_server(mailbox, certificate=trusted, password="secret") as port:
        mail = MailSettings(
            host="localhost", port=port, tls="starttls", sender="s@example.com", user="u", password="secret"
        )
        outcome = send(MESSAGE, ANN, Settings(mail=mail))
        assert outcome.state == "later"
        assert "certificate" in str(outcome.said)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert send(MESSAGE, ANN, Settings(mail=mail)).state == "sent"
        wrong = send(MESSAGE, ANN, Settings(mail=replace(mail, password="guess")))
        assert (wrong.state, wrong.response[:3]) == ("later", "535")
        assert "secret" not in repr(mail)
    assert mailbox.over_tls == [True]


def test_a_server_without_starttls_gets_nothing(mailing, mailbox):
    settings = replace(mailing, mail=replace(mailing.mail, tls="starttls"))
    outcome = send(MESSAGE, ANN, settings)
    assert outcome.state == "refused"
    assert mailbox.taken == []


def test_without_a_server_it_says_what_to_set():
    outcome = send(MESSAGE, ANN, Settings())
    assert outcome.state == "refused"
    assert "TALLYMARK_SMTP_HOST" in str(outcome.said)


def test_a_folder_takes_mail_for_trying_out_and_the_same_message_once(tmp_path):
    settings = Settings(mail=MailSettings(folder=tmp_path / "mail"))
    assert send(MESSAGE, ANN, settings).state == "sent"
    assert send(MESSAGE, ANN, settings).state == "sent"
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == "0190-abc.eml"
    assert path.stat().st_mode & 0o077 == 0


def test_what_is_written_down_before_stands_before_the_text_leaves(mailing, mailbox):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(MESSAGE, ANN, mailing, before=interrupted)
    assert mailbox.taken == []
    seen = []
    send(MESSAGE, ANN, mailing, before=lambda: seen.append(len(mailbox.taken)))
    assert seen == [0]
    assert len(mailbox.taken) == 1


def test_a_webhook_is_signed_over_time_and_body(posting, hooks, hook_url):
    channel = WebhookChannel(url=f"{hook_url}/in?x=1", key="k" * 32)
    assert send(MESSAGE, channel, posting).state == "sent"
    ((path, headers, body),) = hooks.posted
    assert path == "/in?x=1"
    signed = headers["tallymark-timestamp"].encode() + b"." + body
    assert headers["tallymark-signature"] == "v1=" + hmac.new(b"k" * 32, signed, hashlib.sha256).hexdigest()
    assert headers["idempotency-key"] == "0190-abc"
    assert headers["tallymark-event"] == "scorecard"
    document = json.loads(body)
    assert document["subject"] == MESSAGE.subject
    assert document["data"] == {"period": "1405-07"}
    assert len(document["figures"]) == 12
    assert "k" * 32 not in repr(channel)
    assert "/in" not in repr(channel)


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "sent"), (204, "sent"), (301, "refused"), (307, "refused"), (400, "refused"), (404, "refused"),
     (408, "later"), (410, "refused"), (429, "later"), (500, "later"), (503, "later")],
)  # fmt: skip
def test_what_an_answer_means(posting, hooks, hook_url, status, state):
    hooks.answers = [
        (status, {"Location": f"{hook_url}/inside", "Retry-After": "90"}, b"words\x1b[31m of theirs")
    ]
    outcome = send(MESSAGE, WebhookChannel(url=hook_url, key="k"), posting)
    assert outcome.state == state
    assert len(hooks.posted) == 1, "no redirect is followed"
    if state == "later":
        assert outcome.wait.total_seconds() == 90
        assert outcome.response == f"{status} words [31m of theirs"


def test_a_broken_answer_is_unsure_for_a_chat_and_harmless_for_a_webhook(posting, hooks, hook_url):
    hooks.answers = [(0, {}, b"")]
    assert send(MESSAGE, SlackChannel(url=hook_url), posting).state == "unsure"
    assert send(MESSAGE, TeamsChannel(url=hook_url), posting).state == "unsure"
    assert send(MESSAGE, WebhookChannel(url=hook_url, key="k"), posting).state == "later"


def test_an_endless_answer_is_cut(posting, hooks, hook_url):
    hooks.answers = [(200, {}, b"x" * 5_000_000)]
    outcome = send(MESSAGE, SlackChannel(url=hook_url), posting)
    assert outcome.state == "sent"
    assert len(outcome.response) <= 300


def test_production_never_posts_to_this_machine(hook_url, hooks):
    settings = Settings(mode="production", outgoing_loopback=True)
    assert send(MESSAGE, SlackChannel(url=hook_url), settings).state == "refused"
    assert hooks.posted == []


def test_chats_get_plain_text_that_no_name_can_break_out_of():
    evil = "<!channel> [click](https://evil.example) *bold* <https://evil.example|here>"
    message = replace(
        MESSAGE, subject=evil, headline=evil, lines=(evil,), facts=(Fact(name=evil, value=evil),)
    )
    slack = slack_body(message)
    assert "<!channel>" not in slack["text"]
    kinds = {
        part["type"]
        for block in slack["blocks"]
        for part in [block.get("text"), *block.get("fields", [])]
        if part
    }
    assert kinds == {"plain_text"}
    card = teams_body(message)["attachments"][0]["content"]
    assert {element["type"] for element in card["body"]} == {"RichTextBlock", "ColumnSet"}
    assert card["rtl"] is True


def test_chats_keep_to_their_limits():
    message = replace(MESSAGE, subject="s" * 500, headline="h" * 5000)
    blocks = slack_body(message)["blocks"]
    assert len(blocks[0]["text"]["text"]) <= 150
    assert all(
        len(block["text"]["text"]) <= 3000
        for block in blocks
        if block["type"] == "section" and "text" in block
    )
    (fields,) = [block["fields"] for block in blocks if "fields" in block]
    assert len(fields) == MOST_FACTS
    columns = [
        e for e in teams_body(message)["attachments"][0]["content"]["body"] if e["type"] == "ColumnSet"
    ]
    assert len(columns) == MOST_FACTS
