"""All text goes through the catalogue: a made-up language must reach every word of a scorecard."""

import importlib.util
import re
from dataclasses import replace
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import tallymark
from tallymark.i18n import Catalogue, Formatter
from tallymark.scorecards.render.page import render_page
from tallymark.scorecards.render.view import Caps, render_template

ROOT = Path(tallymark.__file__).parent
SAMPLE = Path(__file__).parents[1] / "scorecards" / "sample.py"
TAGS = re.compile(r"<(?:style|title)\b.*?</(?:style|title)>|<[^>]+>", re.DOTALL)
PLACES = re.compile(r"(%\(\w+\)s|%%)")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class Shouting(NullTranslations):
    """A language in which every word of ours is written in capital letters between brackets."""

    def gettext(self, message):
        return "".join(part if PLACES.fullmatch(part) else part.upper() for part in PLACES.split(message))

    def ngettext(self, one, many, count):
        return self.gettext(one if count == 1 else many)


@pytest.fixture(scope="module")
def sample():
    spec = importlib.util.spec_from_file_location("scorecard_sample_for_texts", SAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shouted(sample):
    """A scorecard whose data has no Latin letter in lower case, in the shouting language."""
    texts = Catalogue("en", Shouting())
    formatter = Formatter("en", "USD", "gregorian", "UTC", texts)
    facts = [
        replace(fact, name=fact.name.upper(), formula="F", inputs=("i",), pack="P")
        for fact in sample.metric_facts()
    ]
    kpis = [replace(kpi, section=kpi.section.upper()) for kpi in sample.kpis()]
    names = tuple(rep.upper() for rep in sample.REPS)
    timeline = sample.october()
    cells = [
        *sample.totals(timeline),
        *sample.split(timeline, "rep", (*names, "unassigned"), ("revenue.bookings",)),
    ]
    cells += sample.split(timeline, "region", ("N", "unassigned"), ("revenue.bookings",))
    heading = sample.Heading(company="A", title="T", prepared_by="N", label="C")
    sources = [replace(source, origin="S") for source in sample.sources()]
    document = sample.document(
        heading=heading,
        kpis=kpis,
        metrics=facts,
        cells=cells,
        sources=sources,
        formatter=formatter,
        notes=("N",),
    )
    return document, texts


@pytest.mark.parametrize("template", ["page", "pdf"])
def test_no_word_bypasses_the_catalogue(shouted, template):
    document, texts = shouted
    if template == "page":
        html = str(render_page(document, texts=texts))
    else:
        html = render_template("pdf.html", document, texts=texts, caps=Caps(), logo=None)
    shown = TAGS.sub(" ", html)
    words = set(re.findall(r"[A-Za-z]*[a-z][A-Za-z]*", shown))
    from_dates = {month.lower() for month in MONTHS} | {month[:3].lower() for month in MONTHS}
    from_data = {
        key for fact in document.sections[-1].passports for key in re.findall(r"[a-z]+", fact.metric)
    }
    assert {word for word in words if word.lower() not in from_dates | from_data | {"and", "i", "v"}} == set()


def test_texts_can_be_collected():
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    found = set()
    for folder in ("scorecards", "i18n"):
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder, methods, {"**.html": {"newstyle_gettext": "true"}}, {**_keywords(), "mark": None}
        ):
            found.add(message if isinstance(message, str) else message[0])
    assert {
        "On target",
        "Reporting period",
        "vs last month",
        "Mehr",
        "%(number)s day",
        "Page %(page)s of %(pages)s",
    } <= found
    assert len(found) > 90


def _keywords():
    from babel.messages.extract import DEFAULT_KEYWORDS

    return DEFAULT_KEYWORDS
