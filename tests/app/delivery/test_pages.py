"""The pages of delivery: from a draft over its preview to sending, and the API and commands beside them."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tallymark.app import create_app
from tallymark.imports.service import import_file
from tallymark.lake import Lake
from tallymark.web.settings import WebSettings
from tallymark_connectors.csv_xlsx.mapping_file import mapping_from_json
from tallymark_tenants.accounts import start_session
from tallymark_tenants.models import DeliveryChannel, Membership, Recipient, Schedule, Scorecard, User

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """A browser signed in as a member of a role, which fills in the token of the page it posts from."""

    def __init__(self, post, role="analyst"):
        self.base = f"/t/{post.profile.slug}/delivery"
        self.app = create_app(post.settings, WebSettings(), database=post.database)
        self.client = self.app.test_client()
        with post.database.auth() as session:
            user = User(email=f"{role}-{post.profile.slug}@example.com", name=role.title())
            session.add(user)
            session.flush()
            session.add(Membership(tenant_id=post.profile.id, user_id=user.id, role=role))
            token = start_session(session, user.id)
        self.email = user.email
        self.user_id = user.id
        with self.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True

    def get(self, path="", status=200):
        with self.client.get(self.base + path if not path.startswith("/t/") else path) as response:
            assert response.status_code == status, (path, response.status_code)
            return response.get_data(as_text=True)

    def post(self, path, data=None, page="/", status=200):
        token = TOKEN.search(self.get(page))[1]
        response = self.client.post(
            self.base + path, data={"csrf_token": token} | (data or {}), follow_redirects=True
        )
        assert response.status_code == status, (path, response.status_code)
        return response.get_data(as_text=True)


@pytest.fixture
def browser(post) -> Browser:
    return Browser(post)


def scorecard_of(post):
    with post.database.tenant(post.profile.id) as session:
        return session.scalars(select(Scorecard.id)).one()


def form(post, **data):
    return {
        "name": "Board", "scorecard": str(scorecard_of(post)), "covers": "complete", "every": "month",
        "which": "working:1", "weekday": "monday", "at": "07:30", "fresh": "hold", "complete": "banner",
        "reconciled": "ignore", "errors_": "hold", "hours": "24",
    } | data  # fmt: skip


def test_from_a_draft_over_its_preview_to_sending(post, browser, mailbox):
    page = browser.post("/new", form(post), page="/new")
    assert "Draft" in page
    with post.database.tenant(post.profile.id) as session:
        made = session.scalars(select(Schedule).where(Schedule.name == "Board")).one()
        assert (made.enabled, made.next_at, made.started_at) == (False, None, None)
        assert json.loads(made.rule) == {"every": "month", "at": "07:30", "working_day": 1}
        assert made.gate["reconciled"] == "ignore"
    post.schedule_id = made.id
    here = f"/{made.id}"
    assert "Open the preview first" in browser.post(f"{here}/run") or "add a recipient first" in page

    page = browser.post(
        f"{here}/recipients",
        {"whom": "email:", "address": "bao@example.com", "name": "Bảo", "locale": "vi", "scope": "rep:bao", "attach": "pdf"},
        page=here,
    )  # fmt: skip
    assert "bao@example.com" in page
    assert "Open the preview first" in browser.post(f"{here}/start", page=here)

    browser.post(f"{here}/preview", page=here)
    assert "still being made" in browser.get(f"{here}/preview")
    post.work("scorecard")
    page = browser.get(f"{here}/preview")
    assert "would be sent" in page
    assert "Tiếng Việt" in page
    with post.database.tenant(post.profile.id) as session:
        recipient = session.scalars(select(Recipient)).one()
    response = browser.client.get(f"{browser.base}/recipients/{recipient.id}/mail.html")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert 'lang="vi"' in response.get_data(as_text=True)
    assert mailbox.taken == [], "nothing is sent by looking"

    page = browser.post(f"{here}/start", page=here)
    assert "Sending" in page
    with post.database.tenant(post.profile.id) as session:
        started = session.get_one(Schedule, (post.profile.id, made.id))
        assert started.enabled
        assert started.next_at > datetime.now(UTC)

    browser.post(f"{here}/run", page=here)
    browser.post(f"{here}/run", page=here)
    post.finish()
    assert len(mailbox.to("bao@example.com")) == 1, "a second press within a minute is the same"
    assert "Sent" in browser.get(here)

    browser.post(f"/recipients/{recipient.id}/test", page=here)
    post.finish()
    (test,) = mailbox.to(browser.email)
    assert test["Content-Language"] == "vi"
    assert test["List-Unsubscribe"] is None

    page = browser.post(f"{here}/remove", page=here)
    assert "Bring it back" in page
    assert browser.get(here, status=404)
    token = TOKEN.search(page)[1]
    browser.client.post(f"{browser.base}{here}/restore", data={"csrf_token": token})
    assert "Paused" in browser.get(here)


def test_a_wrong_form_says_what_to_change(post, browser):
    assert "like 06:00" in browser.post("/new", form(post, at="25:00"), page="/new", status=422)
    here = f"/{post.schedule_id}"
    answers = {
        "no e-mail address": {"whom": "email:", "address": "ann@example.com\r\nBcc: eve@example.com"},
        "is no e-mail": {"whom": "email:", "address": "nobody"},
    }
    for words, data in answers.items():
        page = browser.post(
            f"{here}/recipients", {"locale": "", "scope": "", "attach": "pdf"} | data, page=here, status=422
        )
        assert words in page or "control characters" in page
    good = {"whom": "email:", "address": "ann@example.com", "locale": "", "scope": "", "attach": "pdf"}
    browser.post(f"{here}/recipients", good, page=here)
    assert "already" in browser.post(f"{here}/recipients", good, page=here, status=422)


def test_a_held_message_is_decided_on_its_page(post, browser, mailbox):
    post.recipient(address="ann@example.com")
    post.change(covers="running", gate={"hours": 0}, previewed_at=datetime.now(UTC))
    browser.post(f"/{post.schedule_id}/run", page=f"/{post.schedule_id}")
    post.finish()
    (held,) = post.deliveries(purpose="edition")
    if held.state == "sent":
        pytest.skip("on the first of a month the period is whole, and its data fresh")
    assert held.state == "held"
    page = browser.get("/")
    assert "Send anyway" in page
    assert "Older than" in page
    browser.post(f"/messages/{held.id}/release")
    post.finish()
    assert len(mailbox.to("ann@example.com")) == 1
    assert "not held back any more" in browser.post(
        f"/messages/{held.id}/release", page=f"/{post.schedule_id}"
    )
    assert "sent already" in browser.post(f"/messages/{held.id}/discard", page=f"/{post.schedule_id}")


def test_a_channel_is_added_tested_and_forgotten_without_showing_its_address(post, hooks, hook_url):
    admin = Browser(post, "admin")
    page = admin.post(
        "/channels",
        {
            "kind": "webhook",
            "name": "Bridge",
            "url": f"{hook_url}/in/sEcReT987654",
            "key": "",
            "locale": "fa",
        },
        page="/channels",
    )
    key = re.search(r'id="key-made"[^>]*value="([^"]+)"', page)[1]
    assert len(key) > 30
    assert "sEcReT" not in page
    with post.database.tenant(post.profile.id) as session:
        channel = session.scalars(select(DeliveryChannel)).one()
    assert key not in admin.get("/channels")
    assert key not in admin.get(f"/channels/{channel.id}")
    assert "sEcReT" not in admin.get(f"/channels/{channel.id}")
    admin.post(f"/channels/{channel.id}/test", page="/channels")
    ((path, headers, body),) = hooks.posted
    assert path == "/in/sEcReT987654"
    assert headers["tallymark-event"] == "test"
    assert json.loads(body)["locale"] == "fa"
    admin.post(
        f"/channels/{channel.id}",
        {"kind": "webhook", "name": "Renamed", "url": "", "key": "", "locale": ""},
        page=f"/channels/{channel.id}",
    )
    admin.post(f"/channels/{channel.id}/test", page="/channels")
    assert len(hooks.posted) == 2, "its address was kept"
    refused = admin.post(
        "/channels",
        {"kind": "slack", "name": "In", "url": "https://10.0.0.1/x", "key": "", "locale": ""},
        page="/channels",
        status=422,
    )
    assert "public Internet" in refused
    assert "10.0.0.1" not in refused
    admin.post(f"/channels/{channel.id}/remove", page="/channels")
    with post.database.tenant(post.profile.id) as session:
        gone = session.get_one(DeliveryChannel, (post.profile.id, channel.id))
        assert gone.sealed == b""
    assert "sEcReT" not in post.all_text()
    assert key not in post.all_text()


def test_analysts_see_channels_by_name_and_cannot_open_them(browser):
    browser.get("/channels", status=403)
    assert "An admin of your company" in browser.get("/")


def test_without_a_mail_server_the_page_says_what_to_set(post, make_post):
    from dataclasses import replace

    from tallymark.settings_mail import MailSettings

    other = make_post()
    other.settings = replace(other.settings, mail=MailSettings())
    assert "TALLYMARK_SMTP_HOST" in Browser(other).get("/")


def test_the_program_interface_lists_and_sends(post, browser, mailbox):
    post.recipient(address="ann@example.com")
    api = f"/t/{post.profile.slug}/api/v1"
    (schedule,) = json.loads(browser.get(f"{api}/schedules"))["schedules"]
    assert schedule["id"] == str(post.schedule_id)
    token = TOKEN.search(browser.get(f"/{post.schedule_id}"))[1]
    run = f"{api}/schedules/{post.schedule_id}/run"
    refused = browser.client.post(run, headers={"X-CSRFToken": token})
    assert (refused.status_code, refused.content_type) == (409, "application/problem+json")
    post.change(previewed_at=datetime.now(UTC))
    answer = browser.client.post(run, headers={"X-CSRFToken": token})
    assert answer.status_code == 202
    (identity,) = answer.get_json()["deliveries"]
    post.finish()
    (told,) = json.loads(browser.get(f"{api}/deliveries?state=sent"))["deliveries"]
    assert (told["id"], told["address"]) == (identity, "ann@example.com")
    assert browser.client.get(f"{api}/deliveries?state=lost").status_code == 422
    paths = json.loads(browser.get(f"{api}/openapi.json"))["paths"]
    assert "/t/{tenant}/api/v1/schedules/{schedule_id}/run" in paths


def test_importing_the_companys_own_days_moves_its_schedules(post, tmp_path):
    post.change(
        enabled=True,
        next_at=datetime(2031, 8, 1, 4, tzinfo=UTC),
        rule='{"every": "working-day", "at": "06:00"}',
    )
    with post.database.tenant(post.profile.id) as session:
        before = session.get_one(Schedule, (post.profile.id, post.schedule_id)).next_at
    path = tmp_path / "days.csv"
    path.write_text("id,on,holiday\n1,2031-08-04,Founders\n")
    mapping = mapping_from_json(
        json.dumps(
            {
                "dataset": "calendar_days",
                "columns": {"id": {"from": "id"}, "on": {"from": "on"}, "holiday": {"from": "holiday"}},
            }
        )
    )
    import_file(post.database, Lake.of(post.settings), post.profile, "calendar_days", path, mapping)
    with post.database.tenant(post.profile.id) as session:
        schedule = session.get_one(Schedule, (post.profile.id, post.schedule_id))
        assert schedule.days == [["2031-08-04", False]]
        assert schedule.next_at < before
