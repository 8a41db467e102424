"""Draws a scorecard document: a fragment for the page, an e-mail, a PDF by a limited process."""

from tallymark.scorecards.render.assets import Asset
from tallymark.scorecards.render.email import render_email, render_text
from tallymark.scorecards.render.page import page_stylesheet, render_page
from tallymark.scorecards.render.pdf import Limits, Rendered, render_pdf

__all__ = [
    "Asset",
    "Limits",
    "Rendered",
    "page_stylesheet",
    "render_email",
    "render_page",
    "render_pdf",
    "render_text",
]
