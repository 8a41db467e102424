"""A pack's dataset on the import pages: offered, mapped, and shown after the pack is gone."""

import io
import re

import pytest

from tallymark_sdk.model import CANONICAL, Column, Dataset, Kind, catalogue
from tallymark_sdk.model.packs import Model
from tallymark_tenants.accounts import Role
from tallymark_tenants.models import Connection, Sync

CALLS = Dataset(
    name="callcenter_calls",
    description="Calls taken.",
    columns=(
        Column(name="queue", kind=Kind.TEXT, description="The queue."),
        Column(
            name="ending", kind=Kind.CHOICE, description="How it ended.", choices=("solved", "passed_on", "lost")
        ),
        Column(name="waited_s", kind=Kind.INTEGER, description="How long.", unit="seconds"),
    ),
)  # fmt: skip
FILE = "id,queue,ending,waited_s\n1,Sales,solved,12\n2,Service,lost,340\n"


@pytest.fixture
def analyst(browse, company):
    return browse(company.users[Role.ANALYST])


@pytest.fixture
def installed(monkeypatch):
    model = Model(datasets={**CANONICAL, CALLS.name: CALLS}, refused=())
    monkeypatch.setattr(catalogue._FOUND, "_model", model)


@pytest.mark.usefixtures("installed")
def test_a_file_of_it_is_recognised_and_previewed(analyst, company):
    data = {"file": (io.BytesIO(FILE.encode()), "calls.csv"), "connection": ""}
    columns = analyst.post(f"{company.base}/imports/new", data, content_type="multipart/form-data").location
    page = analyst.get(columns).text
    assert 'value="callcenter_calls" selected' in page
    assert "Callcenter calls" in page
    fields = {"dataset": "callcenter_calls"} | {
        f"source:{name}": name for name in ("id", "queue", "ending", "waited_s")
    }
    fields |= dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answered = analyst.post(columns, fields)
    assert answered.status_code == 302, answered.text
    shown = analyst.get(answered.location).text
    assert "Service" in shown
    assert "340" in shown


def test_without_its_pack_its_syncs_are_still_listed(analyst, company, database):
    with database.tenant(company.profile.id) as session:
        connection = Connection(kind="file", name="calls")
        session.add(connection)
        session.flush()
        session.add(Sync(connection_id=connection.id, dataset="callcenter_calls", rows_in=2))
    page = analyst.get(f"{company.base}/imports/")
    assert page.status_code == 200
    assert "Callcenter calls" in page.text
