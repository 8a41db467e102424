"""What axe-core finds on every page: nothing, in light and dark, from left to right and from right to left."""

import importlib.util
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from tallymark import jobs
from tallymark.scorecards.codec import to_json
from tallymark_sdk.texts import TAGS
from tallymark_tenants.models import Edition

from .test_access_table import address
from .test_languages import ASKED, WITHOUT_WORDS
from .test_languages import pages as pages  # noqa: PLC0414  the fixture

_spec = importlib.util.spec_from_file_location(
    "scorecard_with_everything", Path(__file__).parents[1] / "scorecards" / "full.py"
)
full = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(full)

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="NO BROWSER: nothing says whether pages are accessible; install Debian's chromium to know",
    ),
    # A browser that goes away in the middle of a file leaves it open in this simple server, which then warns.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NO_PAGES = WITHOUT_WORDS | {"accounts.sign_out", "accounts.language", "scorecards.choose"}
"""Routes that answer with something else than a page of their own."""


@pytest.fixture(scope="module")
def site(pages) -> Iterator[str]:
    """The application of `pages` on a free port."""
    server = make_server("127.0.0.1", 0, pages.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(site) -> Iterator[SimpleNamespace]:
    """Opens a tab that is signed in as the client given, in a colour scheme."""
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])

        def tab(client, scheme: Literal["light", "dark"]) -> Page:
            context = chromium.new_context(
                base_url=site, color_scheme=scheme, viewport={"width": 1280, "height": 900}
            )
            for cookie in client._cookies.values():
                context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
            return context.new_page()

        yield SimpleNamespace(tab=tab)
        chromium.close()


def findings(tab: Page) -> list[str]:
    """What axe says, one line a rule: its name, and the first place."""
    found = Axe().run(tab).response["violations"]
    return [f"{each['id']} at {each['nodes'][0]['html'][:160]}" for each in found]


@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("fa", "dark")])
def test_no_page_shuts_anybody_out(pages, browser, locale, scheme):
    tab = browser.tab(pages.read(locale), scheme)
    wrong, seen = [], 0
    for rule in pages.app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in NO_PAGES or rule.endpoint.startswith("api."):
            continue
        path = address(pages.app, rule, pages.profile.slug, pages.objects)
        query = f"?{ASKED[rule.endpoint]}" if rule.endpoint in ASKED else ""
        kind = tab.request.head(path + query, max_redirects=0).headers.get("content-type", "")
        if not kind.startswith("text/html"):
            continue
        tab.goto(path + query)
        seen += 1
        wrong += [f"{rule.endpoint}: {each}" for each in findings(tab)]
    assert seen > 25
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", sorted(TAGS.values()))
def test_a_scorecard_with_every_section_shuts_nobody_out(pages, browser, database, locale, scheme):
    client = pages.read(locale)
    with database.tenant(pages.profile.id) as session:
        edition = session.get_one(Edition, (pages.profile.id, pages.objects["edition_id"]))
        copy = {
            name: getattr(edition, name)
            for name in ("run_id", "scorecard_id", "period_start", "period_end", "grain")
        }
        session.expunge(edition)
    with database.tenant(pages.profile.id) as session:
        run = jobs.request(session, pages.profile.id, "import", f"axe {locale} {scheme}", "1", {})
        made = Edition(
            **copy | {"run_id": run}, locale=locale, document=to_json(full.document(locale)), snapshots={}
        )
        session.add(made)
        session.flush()
        made_id = made.id
    tab = browser.tab(client, scheme)
    tab.goto(f"/t/{pages.profile.slug}/scorecards/editions/{made_id}")
    assert tab.locator("article.scorecard section").count() > 10
    assert findings(tab) == []
