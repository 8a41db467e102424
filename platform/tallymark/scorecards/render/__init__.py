"""Draws a scorecard document: a fragment for the page, a PDF by a limited process."""

from tallymark.scorecards.render.assets import Asset
from tallymark.scorecards.render.page import page_stylesheet, render_page
from tallymark.scorecards.render.pdf import Limits, Rendered, render_pdf

__all__ = ["Asset", "Limits", "Rendered", "page_stylesheet", "render_page", "render_pdf"]
