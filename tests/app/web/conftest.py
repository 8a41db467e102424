"""An application on the test services, companies with members, and browsers signed in as them."""

import re
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tallymark.app import create_app
from tallymark.settings import Settings
from tallymark.web.settings import WebSettings
from tallymark_tenants.accounts import Role, create_tenant, start_session
from tallymark_tenants.db import Database
from tallymark_tenants.models import Membership, User
from tallymark_tenants.profile import TenantProfile

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture(scope="session")
def app(settings: Settings, database: Database) -> Flask:
    """The application as development has it: everything on, CSRF included."""
    return create_app(settings, WebSettings(), database=database)


@dataclass
class Browser:
    """A test client that fills in the CSRF token of the page it posts from."""

    client: FlaskClient

    def get(self, path: str, **options: object) -> TestResponse:
        return self.client.get(path, **options)

    def post(
        self, path: str, data: dict | None = None, *, page: str | None = None, **options: object
    ) -> TestResponse:
        form = self.client.get(page or path).get_data(as_text=True)
        token = _TOKEN.search(form)
        assert token, f"no CSRF token on {page or path}"
        return self.client.post(path, data={"csrf_token": token[1]} | (data or {}), **options)


@dataclass
class Company:
    """A tenant with a member in each role."""

    profile: TenantProfile
    users: dict[Role, UUID] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"/t/{self.profile.slug}"


@pytest.fixture
def make_company(database: Database):
    """Make a company with an owner, an admin, an analyst and a viewer."""

    def make(name: str = "Alder & Finch", currency: str = "EUR") -> Company:
        with database.auth() as session:
            company = Company(create_tenant(session, name=name, currency=currency))
            for role in Role:
                user = User(email=f"{role}-{uuid4().hex}@example.com", name=f"{role} person")
                session.add(user)
                session.flush()
                session.add(Membership(tenant_id=company.profile.id, user_id=user.id, role=role))
                company.users[role] = user.id
            return company

    return make


@pytest.fixture
def company(make_company) -> Company:
    return make_company()


@pytest.fixture
def browse(app: Flask, database: Database):
    """A browser signed in as a user, or as nobody."""

    def start(user_id: UUID | None = None, *, on: Flask = app) -> Browser:
        client = on.test_client()
        if user_id is not None:
            with database.auth() as session:
                token = start_session(session, user_id)
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
                cookie["_fresh"] = True
        return Browser(client)

    return start
