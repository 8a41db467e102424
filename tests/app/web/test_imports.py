"""From a file to a run: what is asked, what is kept, what is refused."""

import io
import json
import re
from uuid import UUID

import pytest
from sqlalchemy import select

from tallymark import jobs
from tallymark.imports import syncs
from tallymark.imports.service import reports_folder
from tallymark.lake import Lake
from tallymark_tenants.accounts import Role
from tallymark_tenants.models import Connection, Run, Sync

DEALS = (
    "Opportunity ID;Name;Stage;Amount;Close Date;Type\n"
    "A-1;Ovens;Closed Won;12.500,00;03/04/2026;New Business\n"
    "A-2;Cranes;Closed Lost;8.000,50;05/04/2026;Renewal\n"
    "A-3;Cold store;Closed Won;zwölf;07/05/2026;Upsell\n"
    "A-4;Racking;Proposal;1.100,00;;New Business\n"
    "A-5;Lights;Proposal;950,00;;New Business\n"
    "A-6;Forklifts;Negotiation;3.250,75;11/06/2026;Swap\n"
)
ORDER = {"order:closed_at": "dmy"}
_OPTION = re.compile(r'<option value="([^"]*)"')
_SELECTED = re.compile(r'<option value="([^"]*)" selected')


@pytest.fixture
def analyst(browse, company):
    return browse(company.users[Role.ANALYST])


def upload(analyst, company, text: str = DEALS, name: str = "deals.csv"):
    data = {"file": (io.BytesIO(text.encode()), name), "connection": ""}
    return analyst.post(f"{company.base}/imports/new", data, content_type="multipart/form-data")


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send back: the selected options and the filled inputs."""
    selects = re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    found = {name: (_SELECTED.search(body) or _OPTION.search(body))[1] for name, body in selects}
    found |= dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    currency = re.search(r'name="currency" value="([^"]*)"', page)
    return found | ({"currency": currency[1]} if currency else {})


def test_a_file_is_recognised_and_what_is_open_is_asked(analyst, company):
    page = analyst.get(upload(analyst, company).location).text
    fields = fields_of(page)
    assert fields["dataset"] == "opportunities"
    assert fields["source:id"] == "Opportunity ID"
    assert fields["source:amount"] == "Amount"
    assert [fields[f"value:status:{index}"] for index in range(4)] == ["won", "open", "lost", "open"]
    assert "has a decimal comma" in page, "the proof is shown"
    assert page.count("could be day first or month first") == 1
    assert not re.search(r'type="radio"[^>]*checked', page), "nothing is guessed silently"


def test_answers_lead_to_a_preview_and_to_one_run(analyst, company, database):
    columns = upload(analyst, company).location
    fields = fields_of(analyst.get(columns).text)
    unanswered = analyst.post(columns, fields)
    assert unanswered.status_code == 422
    assert "Close Date" in unanswered.text
    preview = analyst.post(columns, fields | ORDER)
    assert preview.status_code == 302
    page = analyst.get(preview.location).text
    assert "<bdi>12,500</bdi>" in page
    assert "<bdi>2026-04-03</bdi>" in page, "day first, as answered"
    assert "is not a number" in page
    first = analyst.post(preview.location.replace("preview", "run"), page=preview.location)
    again = analyst.post(preview.location.replace("preview", "run"), page=preview.location)
    assert first.location == again.location
    with database.tenant(company.profile.id) as session:
        run = session.scalars(select(Run)).one()
        assert run.kind == "import"
        mapping = json.loads(run.params["mapping"])
    assert mapping["columns"]["closed_at"]["date_order"] == "dmy"
    assert mapping["columns"]["status"]["values"]["Closed Lost"] == "lost"
    assert "suggested" not in mapping["columns"]["status"], "a person looked at it"
    assert mapping["currency"] == "EUR"
    assert run.params["connection"] == "deals"


def test_a_value_can_be_left_empty_instead_of_rejecting_its_row(analyst, company):
    columns = upload(analyst, company).location
    fields = fields_of(analyst.get(columns).text) | ORDER
    last = next(name for name in fields if name.startswith("value:kind:") and fields[name] == "")
    rejected = analyst.get(analyst.post(columns, fields).location).text
    assert "Swap" in rejected
    kept = analyst.get(analyst.post(columns, fields | {last: "=empty"}).location).text
    assert "Swap" not in kept


@pytest.mark.parametrize(
    "answer", [{"value:status:0": "wo\0n"}, {"value:status:0": "nonsense"}, {"source:id": "\0"}]
)
def test_an_answer_that_was_not_offered_is_refused_and_not_kept(analyst, company, answer):
    columns = upload(analyst, company).location
    fields = fields_of(analyst.get(columns).text) | ORDER
    refused = analyst.post(columns, fields | answer)
    assert refused.status_code == 422
    assert "choose one of" in refused.text
    assert analyst.post(columns, fields).status_code == 302


def test_another_column_for_a_choice_shows_its_values_first(analyst, company):
    columns = upload(analyst, company).location
    fields = fields_of(analyst.get(columns).text) | ORDER
    answer = analyst.post(columns, fields | {"source:forecast_category": "", "source:kind": "Stage"})
    assert answer.status_code == 422
    assert "Look over the values" in answer.text


def test_the_dataset_can_be_chosen(analyst, company):
    columns = upload(analyst, company).location
    page = analyst.get(f"{columns}?dataset=products").text
    assert fields_of(page)["dataset"] == "products"
    assert analyst.get(f"{columns}?dataset=nonsense").status_code == 404


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("deals.pdf", "%PDF", "not a CSV or XLSX"),
        ("deals.csv", "", "empty"),
        ("../../../etc/deals.exe", "x", "not a CSV or XLSX"),
        ("de\x01als.csv", DEALS, "control characters"),
        ("deals.xlsx", "PK\x03\x04 this is no workbook", ""),
        ("deals.csv", "\x00\x01\x02" * 500, ""),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_with_a_reason(analyst, company, name, text, reason):
    response = upload(analyst, company, text, name)
    assert response.status_code == 422
    assert re.search(rf'role="alert"[^>]*><p>[^<]*{reason}[^<]+</p>', response.text)


def test_a_path_in_the_name_stays_a_name(analyst, company, settings):
    columns = upload(analyst, company, DEALS, "../../evil.csv").location
    upload_id = UUID(columns.split("/")[-2])
    folder = settings.uploads_dir / str(company.profile.id) / str(upload_id)
    assert sorted(path.name for path in folder.iterdir()) == ["facts.json", "file.csv", "sniffed.json"]
    assert json.loads((folder / "facts.json").read_text())["name"] == "evil.csv"


def test_the_tax_rate_must_be_a_number(analyst, company):
    columns = upload(analyst, company).location
    fields = fields_of(analyst.get(columns).text) | ORDER
    answer = analyst.post(columns, fields | {"tax": "inclusive", "tax_rate": "much"})
    assert "Give the tax rate" in answer.text
    for rate in ("NaN", "sNaN", "Infinity", "0", "100"):
        refused = analyst.post(columns, fields | {"tax": "inclusive", "tax_rate": rate})
        assert refused.status_code == 422, rate
    fine = analyst.post(columns, fields | {"tax": "inclusive", "tax_rate": "25"})
    assert "<bdi>10,000</bdi>" in analyst.get(fine.location).text, "12,500 without a quarter on top"


def test_progress_answers_304_until_something_changes(analyst, company, database):
    with database.tenant(company.profile.id) as session:
        run_id = jobs.request(session, company.profile.id, "import", "key", "1", {})
    path = f"{company.base}/runs/{run_id}"
    assert "aria-live" in analyst.get(path).text
    state = analyst.get(f"{path}/state")
    assert state.json["step"] == "Waiting for a worker"
    tag = {"If-None-Match": state.headers["ETag"]}
    assert analyst.get(f"{path}/state", headers=tag).status_code == 304
    with database.tenant(company.profile.id) as session:
        run = session.scalars(select(Run).where(Run.id == run_id)).one()
        run.status, run.error = "failed", "The file is gone."
    changed = analyst.get(f"{path}/state", headers=tag)
    assert changed.json["next"] == path
    assert "The file is gone." in analyst.get(path).text
    analyst.post(f"{path}/again", page=path)
    assert analyst.get(f"{path}/state").json["status"] == "queued"


def test_an_import_that_was_killed_is_shown_as_failed(browse, company, database, settings):
    with database.tenant(company.profile.id) as session:
        connection = Connection(kind="file", name="Exports")
        session.add(connection)
        session.flush()
        dead, living = (
            Sync(connection_id=connection.id, dataset="opportunities", status="running") for _ in range(2)
        )
        session.add_all([dead, living])
        session.flush()
    viewer = browse(company.users[Role.VIEWER])
    folder = reports_folder(Lake(settings.lake_dir), company.profile.id)
    with syncs.alive(folder, living.id):
        assert syncs.DIED in viewer.get(f"{company.base}/imports/history/{dead.id}").text
        page = viewer.get(f"{company.base}/imports/").text
    assert page.count("Failed") == 1
    assert page.count("Running") == 1
    with database.tenant(company.profile.id) as session:
        found = dict(session.execute(select(Sync.id, Sync.status)).all())
    assert found == {dead.id: "failed", living.id: "running"}, "what the page said is kept"


def test_a_viewer_sees_the_data_but_no_way_to_import(browse, company):
    page = browse(company.users[Role.VIEWER]).get(f"{company.base}/imports/")
    assert page.status_code == 200
    assert "Import a file" not in page.text
