"""Signing up, in and out, invitations and members, as a browser meets them."""

import re
from uuid import uuid4

import pytest
from flask import url_for
from sqlalchemy import select

from tallymark.web.accounts.paths import local_path
from tallymark_tenants.accounts import Role, invite
from tallymark_tenants.models import AuditEntry, Invitation, Membership, User, UserSession

PASSWORD = "correct horse battery"


def signed_up(browser, **changes) -> str:
    """Sign up and return the address."""
    email = f"maya-{uuid4().hex}@example.com"
    form = {
        "company": "Alder & Finch",
        "name": "Maya",
        "email": email,
        "password": PASSWORD,
        "locale": "en",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "calendar": "gregorian",
    }
    response = browser.post("/signup", form | changes)
    assert response.status_code == 302, response.text
    return email


@pytest.fixture(autouse=True)
def fresh_limits(redis_url):
    """Each test begins with no tries counted."""


def test_signing_up_makes_a_company_and_leads_into_it(browse):
    browser = browse()
    signed_up(browser)
    page = browser.get("/", follow_redirects=True)
    assert page.request.path.startswith("/t/alder-finch")
    assert "Bring your data" in page.text
    assert "EUR · Europe/Berlin" in page.text


@pytest.mark.parametrize(
    ("languages", "currency", "timezone", "calendar"),
    [
        ("vi-VN,vi;q=0.9,en;q=0.5", "VND", "Asia/Ho_Chi_Minh", "gregorian"),
        ("fa", "IRR", "Asia/Tehran", "jalali"),
        ("zh-TW,zh;q=0.9", "TWD", "Asia/Taipei", "gregorian"),
        ("en-GB", "GBP", "Europe/London", "gregorian"),
        ("tlh", "USD", "UTC", "gregorian"),
    ],
)
def test_the_form_guesses_from_the_browsers_languages(browse, languages, currency, timezone, calendar):
    page = browse().get("/signup", headers={"Accept-Language": languages}).text
    assert re.search(rf'name="currency"[^>]*value="{currency}"', page)
    assert f'<option selected value="{timezone}">' in page
    assert f'<option selected value="{calendar}">' in page


def test_a_weak_password_and_a_taken_address_are_refused_with_a_reason(browse):
    email = signed_up(browse())
    again = {"company": "B", "name": "B", "email": email, "password": PASSWORD, "locale": "en",
             "currency": "EUR", "timezone": "UTC", "calendar": "gregorian"}  # fmt: skip
    refused = browse().post("/signup", again)
    assert refused.status_code == 422
    assert "already an account" in refused.text
    weak = browse().post("/signup", again | {"email": f"{uuid4().hex}@example.com", "password": "short"})
    assert weak.status_code == 422
    assert 'aria-invalid="true"' in weak.text


def test_signing_out_ends_the_session_on_the_server(browse, database):
    browser = browse()
    email = signed_up(browser)
    stolen = browser.client.get_cookie("tallymark").value
    assert browser.post("/signout", page="/companies").status_code == 302
    thief = browse()
    thief.client.set_cookie("tallymark", stolen)
    assert thief.get("/companies").status_code == 302
    with database.auth() as session:
        ended = select(UserSession.revoked_at).join(User).where(User.email == email)
        assert session.scalars(ended).all()[0] is not None


def test_signing_in_changes_the_cookie_and_leads_on(browse):
    email = signed_up(browse())
    browser = browse()
    asked = browser.get("/companies")
    assert asked.location == "/signin?next=/companies"
    before = browser.client.get_cookie("tallymark")
    answer = browser.post(asked.location, {"email": email.upper(), "password": PASSWORD})
    assert answer.location == "/companies"
    assert before is None or browser.client.get_cookie("tallymark").value != before.value


def test_guessing_a_password_is_soon_limited(browse):
    email = signed_up(browse())
    browser = browse()
    statuses = [
        browser.post("/signin", {"email": email, "password": "wrong password"}).status_code for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    assert browse().post("/signin", {"email": email, "password": PASSWORD}).status_code == 429, (
        "from anywhere"
    )


def test_a_refused_sign_in_is_audited_although_the_request_failed(browse, database):
    email = signed_up(browse())
    browse().post("/signin", {"email": email, "password": "wrong password"})
    with database.auth() as session:
        rows = session.scalars(select(AuditEntry.action).where(AuditEntry.detail["email"].astext == email))
        assert "sign-in refused" in rows.all()


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", ""]
)
def test_no_sign_in_leads_to_another_site(app, address):
    with app.test_request_context("/"):
        assert local_path(address) == url_for("home.start")


def invited(browse, company, email: str, role: str = "analyst") -> str:
    """Invite an address; returns the path of the link shown."""
    browser = browse(company.users[Role.ADMIN])
    page = browser.post(
        f"{company.base}/members/invitations", {"email": email, "role": role}, page=f"{company.base}/members/"
    )
    link = re.search(r'value="http://localhost(/invitation/[^"]+)"', page.text)
    assert link, page.text
    return link[1]


def test_an_invited_person_joins_with_a_new_account(browse, company, database):
    email = f"{uuid4().hex}@example.com"
    link = invited(browse, company, email)
    newcomer = browse()
    joined = newcomer.post(link, {"name": "Tom", "password": PASSWORD})
    assert joined.location == f"{company.base}/"
    assert newcomer.get(joined.location).status_code == 200
    with database.auth() as session:
        role = session.scalar(
            select(Membership.role).join(User, User.id == Membership.user_id).where(User.email == email)
        )
    assert role == "analyst"
    assert browse().get(link).status_code == 404, "a link works once"


def test_an_invited_member_of_another_company_signs_in_to_join(browse, company):
    email = signed_up(browse())
    link = invited(browse, company, email)
    guest = browse()
    asked = guest.get(link)
    assert asked.location == f"/signin?next={link}"
    assert f"Sign in as {email}" in guest.get(asked.location).text
    assert guest.post(asked.location, {"email": email, "password": PASSWORD}).location == link
    assert guest.post(link).location == f"{company.base}/"
    listed = guest.get("/companies").text
    assert listed.count("card-link") == 2


def test_an_invitation_is_no_place_to_guess_a_password(browse, company, database):
    email = signed_up(browse())
    link = invited(browse, company, email)
    guest = browse()
    answer = guest.post(link, {"password": PASSWORD}, page="/signup")
    assert answer.location == f"/signin?next={link}", "not even the right one is looked at"
    assert guest.get("/companies").status_code == 302
    with database.auth() as session:
        joined = select(Membership.id).join(User, User.id == Membership.user_id)
        found = session.scalars(joined.where(User.email == email, Membership.tenant_id == company.profile.id))
        assert found.all() == []


def test_a_link_for_somebody_else_is_refused(browse, company, make_company):
    link = invited(browse, company, f"{uuid4().hex}@example.com")
    other = make_company()
    assert "another e-mail address" in browse(other.users[Role.OWNER]).get(link).text


def test_a_removed_member_is_out_at_once(browse, company):
    viewer = browse(company.users[Role.VIEWER])
    assert viewer.get(f"{company.base}/").status_code == 200
    owner = browse(company.users[Role.OWNER])
    owner.post(f"{company.base}/members/{company.users[Role.VIEWER]}/remove", page=f"{company.base}/members/")
    assert viewer.get(f"{company.base}/").status_code == 302


def test_an_admin_can_not_touch_the_owner(browse, company, database):
    admin = browse(company.users[Role.ADMIN])
    page = f"{company.base}/members/"
    owner = company.users[Role.OWNER]
    admin.post(f"{company.base}/members/{owner}/role", {"role": "viewer"}, page=page)
    assert "does not allow" in admin.get(page).text
    with database.auth() as session:
        assert session.scalar(select(Membership.role).where(Membership.user_id == owner)) == "owner"
    refused = admin.post(
        f"{company.base}/members/invitations", {"email": "x@example.com", "role": "owner"}, page=page
    )
    assert refused.status_code == 422


def test_an_admin_can_not_withdraw_what_only_an_owner_may_give(browse, company, database):
    page = f"{company.base}/members/"
    with database.auth() as session:
        invite(
            session,
            company.profile.id,
            email="next@example.com",
            role=Role.OWNER,
            actor=company.users[Role.OWNER],
        )
        wanted = select(Invitation.id).where(Invitation.tenant_id == company.profile.id)
        waiting = session.scalars(wanted).one()
    withdraw = f"{page}invitations/{waiting}/withdraw"
    admin, owner = browse(company.users[Role.ADMIN]), browse(company.users[Role.OWNER])
    assert withdraw not in admin.get(page).text
    admin.post(withdraw, page=page)
    shown = admin.get(page).text
    assert "does not allow" in shown
    assert "next@example.com" in shown
    owner.post(withdraw, page=page)
    assert "next@example.com" not in owner.get(page).text
