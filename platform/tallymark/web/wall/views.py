"""Routes where walls are set up."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.wall import setup
from tallymark.wall.asking import ask_document, is_asked
from tallymark.wall.errors import WallRefused
from tallymark.wall.showing import document_of, showing
from tallymark.wall.slides import kinds_of
from tallymark.web.access import here, permits
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import scope
from tallymark.web.wall.forms import WallForm, link_form, screen_choices, wall_form
from tallymark.web.wall.picture import drawn
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Scorecard, Wall

walls = Blueprint("walls", __name__, template_folder="templates")


@walls.get("/")
@permits(Permission.ANALYSE)
def index() -> ResponseReturnValue:
    """All walls, with when somebody last had each open."""
    session = scope().tenant()
    rows = session.execute(
        select(Wall, Scorecard.name).join(Scorecard, Scorecard.id == Wall.scorecard_id).order_by(Wall.name)
    ).all()
    lines = [{"wall": wall, "scorecard": name, "state": _link_state(wall)} for wall, name in rows]
    return render_template("walls/index.html", lines=lines, any_scorecard=bool(_scorecards(session)))


@walls.get("/new")
@permits(Permission.ANALYSE)
def new() -> ResponseReturnValue:
    """The form of a new wall."""
    found = _scorecards(scope().tenant())
    return _new_page(wall_form(found, locale=here().profile.locale, fresh=True))


@walls.post("/new")
@permits(Permission.ANALYSE)
def create() -> ResponseReturnValue:
    """Make a wall and lead to it, where its link is made."""
    session = scope().tenant()
    form = wall_form(_scorecards(session))
    if _valid(form):
        try:
            wall = setup.create(session, form.scorecard_id, form.plan())
            ask_document(session, here().profile, wall, now=datetime.now(UTC))
        except WallRefused as error:
            _refuse(form, error)
        else:
            flash(_("The wall is set up. Look at the preview, then make its link."), "good")
            return redirect(url_for("walls.show", wall_id=wall.id))
    return _new_page(form), 422


@walls.get("/<uuid:wall_id>")
@permits(Permission.ANALYSE)
def show(wall_id: UUID) -> ResponseReturnValue:
    """A wall: its preview, its link and its set-up."""
    wall = _wall(wall_id)
    return _page(wall, wall_form(_scorecards(scope().tenant()), wall, fresh=True))


@walls.post("/<uuid:wall_id>")
@permits(Permission.ANALYSE)
def save(wall_id: UUID) -> ResponseReturnValue:
    """Set a wall up otherwise."""
    session, wall = scope().tenant(), _wall(wall_id)
    form = wall_form(_scorecards(session))
    if _valid(form):
        try:
            setup.change(session, wall, form.scorecard_id, form.plan())
            ask_document(session, here().profile, wall, now=datetime.now(UTC))
        except WallRefused as error:
            _refuse(form, error)
        else:
            flash(_("The wall is changed. Screens that show it follow within a minute."), "good")
            return redirect(url_for("walls.show", wall_id=wall.id))
    return _page(wall, form), 422


@walls.get("/<uuid:wall_id>/preview")
@permits(Permission.ANALYSE)
def preview(wall_id: UUID) -> Response:
    """The wall as it would fill a screen, for somebody who is signed in; it is not live."""
    wall = _wall(wall_id)
    body = render_template(
        "walls/screen.html",
        wall=wall,
        picture=drawn(scope().tenant(), here().profile, wall, now=datetime.now(UTC)),
        live=None,
    )
    return make_response(body)


@walls.post("/<uuid:wall_id>/link")
@permits(Permission.ANALYSE)
def make_link(wall_id: UUID) -> ResponseReturnValue:
    """Make a link, which ends the one before, and show it this once."""
    session, wall = scope().tenant(), _wall(wall_id)
    form = link_form()
    if not form.validate_on_submit():
        abort(400)
    token = setup.make_link(session, wall, days=form.length)
    address = url_for("wall.show", token=token, _external=True)
    return _page(wall, wall_form(_scorecards(session), wall, fresh=True), link=address)


@walls.post("/<uuid:wall_id>/revoke")
@permits(Permission.ANALYSE)
def revoke(wall_id: UUID) -> ResponseReturnValue:
    """End the link."""
    wall = _wall(wall_id)
    setup.revoke_link(scope().tenant(), wall)
    flash(_("The link is revoked: screens that used it show nothing any more."), "good")
    return redirect(url_for("walls.show", wall_id=wall.id))


@walls.post("/<uuid:wall_id>/delete")
@permits(Permission.ANALYSE)
def delete(wall_id: UUID) -> ResponseReturnValue:
    """Remove a wall and its link."""
    setup.delete(scope().tenant(), _wall(wall_id))
    flash(_("The wall is deleted."), "good")
    return redirect(url_for("walls.index"))


def _wall(wall_id: UUID) -> Wall:
    found = scope().tenant().scalar(select(Wall).where(Wall.id == wall_id))
    return found or abort(404)


def _scorecards(session: Session) -> list[tuple[UUID, str]]:
    rows = session.execute(select(Scorecard.id, Scorecard.name).order_by(Scorecard.name))
    return [(row.id, row.name) for row in rows]


def _valid(form: WallForm) -> bool:
    valid = bool(form.validate_on_submit())
    if form.people.errors:
        form.people.errors = [_("Say whether names may show: there is no usual answer.")]
    return valid


def _refuse(form: WallForm, error: WallRefused) -> None:
    form[error.field].errors = [_(str(error))]


def _link_state(wall: Wall) -> str:
    """none, expired, new (never opened) or live."""
    if wall.token_hash is None:
        return "none"
    if wall.expires_at is not None and wall.expires_at <= datetime.now(UTC):
        return "expired"
    return "new" if wall.last_seen_at is None else "live"


def _new_page(form: WallForm) -> str:
    return render_template("walls/new.html", form=form, choices=screen_choices(form, None, None))


def _page(wall: Wall, form: WallForm, link: str = "") -> str:
    session = scope().tenant()
    document = document_of(session, wall, showing(session, wall))
    return render_template(
        "walls/show.html",
        wall=wall,
        form=form,
        choices=screen_choices(form, wall, None if document is None else kinds_of(document)),
        picture=drawn(session, here().profile, wall, now=datetime.now(UTC)),
        state=_link_state(wall),
        pending=is_asked(wall, now=datetime.now(UTC)),
        link=link,
        link_form=link_form(),
    )
