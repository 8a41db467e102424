"""Putting a tenant's look on a document, so that an edition keeps the look it was made with."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from tallymark.branding.colours import DEEP, PRIMARY
from tallymark.i18n import Formatter, catalogue
from tallymark.scorecards.document import Brand, Document
from tallymark.scorecards.render.assets import Asset
from tallymark_tenants.branding import Branding, logo_of


def dressed(document: Document, branding: Branding) -> Document:
    """The document with the branding's logo, colours and words; as it is where nothing is branded."""
    if branding.is_default:
        return document
    form = Formatter(document.locale, document.currency, document.calendar, texts=catalogue(document.locale))
    line = branding.agency_line
    said = form.texts.gettext("Prepared by %(agency)s", agency=form.name(line)) if line else ""
    cover = replace(
        document.cover,
        prepared_by=line or document.cover.prepared_by,
        label=branding.label or document.cover.label,
        logo=branding.logo or document.cover.logo,
    )
    brand = Brand(
        primary=branding.primary_colour or PRIMARY, deep=branding.deep_colour or DEEP, agency_line=said
    )
    return replace(document, cover=cover, brand=brand)


def assets_of(session: Session, document: Document) -> list[Asset]:
    """The pictures that a document names, as `render_pdf` takes them; one that is gone is drawn as the monogram."""
    name = document.cover.logo
    found = logo_of(session, name) if name else None
    return [Asset(name=found.sha256, content=found.content)] if found else []
