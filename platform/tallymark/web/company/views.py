"""Routes of a company's settings."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tallymark.calendars.own_days import own_days
from tallymark.engine.ask import tenant_data
from tallymark.lake import Lake
from tallymark.web.access import here, permits, user
from tallymark.web.company.forms import CompanyForm, company_form, weekday_name
from tallymark.web.company.year import year_of
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import app_settings, scope
from tallymark_sdk.calendars import WEEKDAYS
from tallymark_tenants.accounts import Permission
from tallymark_tenants.accounts.company import SettingRejected, change_company

company = Blueprint("company", __name__, template_folder="templates")


@company.get("/")
@permits(Permission.MANAGE_TENANT)
def index() -> ResponseReturnValue:
    """The settings, and the year that they make."""
    return _page(_form())


@company.post("/")
@permits(Permission.MANAGE_TENANT)
def change() -> ResponseReturnValue:
    """Keep the settings."""
    form = _form()
    if form.validate_on_submit():
        try:
            change_company(scope().auth(), here().profile.id, actor=user().id, **form.settings())
        except SettingRejected as error:
            form.refuse_setting(error.setting, say(error))
        else:
            flash(_("The settings are kept. Scorecards made from now on follow them."), "good")
            return redirect(url_for("company.index"))
    return _page(form), 422


def _form() -> CompanyForm:
    return company_form(
        here().profile, ["UTC", *sorted(name for name in available_timezones() if "/" in name)]
    )


def _page(form: CompanyForm) -> str:
    profile = here().profile
    lake = Lake.of(app_settings())
    data = tenant_data(lake, profile, lake.pinned(scope().tenant()).values())
    today = datetime.now(ZoneInfo(profile.timezone)).date()
    year = year_of(profile, own_days(data), request.args.get("year", ""), today, formatter().locale)
    weekdays = [weekday_name(name) for name in WEEKDAYS]
    return render_template("company/index.html", form=form, year=year, weekdays=weekdays)
