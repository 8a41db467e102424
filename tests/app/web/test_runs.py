"""The page of a company's runs, and its buttons."""

import re

from sqlalchemy import select

from tallymark import jobs
from tallymark.web.runs import views
from tallymark_tenants.accounts import Role
from tallymark_tenants.models import AuditEntry, Run


def test_a_run_is_cancelled_on_its_page_and_tried_again(browse, company, database):
    with database.tenant(company.profile.id) as session:
        run_id = jobs.request(session, company.profile.id, "import", "key", "1", {})
    path = f"{company.base}/runs/{run_id}"
    analyst, viewer = browse(company.users[Role.ANALYST]), browse(company.users[Role.VIEWER])
    assert f"{path}/cancel" in analyst.get(path).text
    assert f"{path}/cancel" not in viewer.get(path).text
    assert viewer.client.post(f"{path}/cancel").status_code in (400, 403)
    analyst.post(f"{path}/cancel", page=path)
    page = analyst.get(path).text
    assert "Cancelled by " in page
    assert analyst.get(f"{path}/state").json["next"] == path
    with database.tenant(company.profile.id) as session:
        assert "run cancelled" in session.scalars(select(AuditEntry.action)).all()
    analyst.post(f"{path}/again", page=path)
    assert analyst.get(f"{path}/state").json["status"] == "queued"


def test_the_newest_runs_come_first_and_lead_to_older_ones(browse, company, database, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    with database.tenant(company.profile.id) as session:
        runs = [jobs.request(session, company.profile.id, "import", str(n), "1", {}) for n in range(3)]
        session.get(Run, (company.profile.id, runs[0])).status = "done"
    viewer = browse(company.users[Role.VIEWER])
    page = viewer.get(f"{company.base}/runs/").text
    assert re.findall(r"/runs/([0-9a-f-]{36})\"", page) == [str(runs[2]), str(runs[1])]
    older = re.search(r'href="([^"]+before=[^"]+)"', page)
    assert re.findall(r"/runs/([0-9a-f-]{36})\"", viewer.get(older[1]).text) == [str(runs[0])]
