"""What can't be is refused with a sentence, not with an error of ours."""

import pytest
from sqlalchemy import select

from tallymark_tenants.accounts import Role
from tallymark_tenants.models import KpiSet, Scorecard


@pytest.fixture
def analyst(browse, company):
    return browse(company.users[Role.ANALYST])


@pytest.fixture
def scorecard(company, database) -> Scorecard:
    with database.tenant(company.profile.id) as session:
        kpi_set = KpiSet(name="Sales")
        session.add(kpi_set)
        session.flush()
        made = Scorecard(kpi_set_id=kpi_set.id, name="Monthly", grain="month")
        session.add(made)
        session.flush()
        return made


@pytest.mark.parametrize("name", ["Sa\0les", "Sa\nles", "Sa\x1bles", "\x85Sa\x85les"])
@pytest.mark.parametrize("page", ["kpis", "scorecards"])
def test_names_hold_no_control_characters(analyst, company, database, scorecard, page, name):
    data = {
        "name": name,
        "metrics": "sales.won_revenue",
        "kpi_set": str(scorecard.kpi_set_id),
        "grain": "month",
    }
    answer = analyst.post(f"{company.base}/{page}/", data)
    assert answer.status_code == 422
    assert "This holds control characters" in answer.text
    with database.tenant(company.profile.id) as session:
        assert session.scalars(select(KpiSet.name)).all() == ["Sales"]
        assert session.scalars(select(Scorecard.name)).all() == ["Monthly"]


@pytest.mark.parametrize("field", ["company", "name", "email"])
def test_signing_up_takes_no_control_characters(browse, field):
    form = {"company": "Acme", "name": "Maya", "email": "nobody@example.com",
            "password": "correct horse battery", "locale": "en", "currency": "EUR", "timezone": "UTC",
            "calendar": "gregorian"}  # fmt: skip
    answer = browse().post("/signup", form | {field: f"{form[field][0]}\0{form[field][1:]}"})
    assert answer.status_code == 422
    assert "This holds control characters" in answer.text


def test_an_address_with_nul_names_no_company(analyst):
    assert analyst.get("/t/%00/").status_code == 404
    assert analyst.get("/static/0/%00.css").status_code == 404


@pytest.mark.parametrize(("day", "says"), [("9999-12-31", "does not reach the year 10000"), ("never", "")])
def test_a_period_that_no_calendar_has_is_refused(analyst, company, scorecard, day, says):
    path = f"{company.base}/scorecards/{scorecard.id}/editions"
    answer = analyst.post(path, {"period": day}, page=f"{company.base}/scorecards/")
    assert answer.status_code == 400
    assert says in answer.text
