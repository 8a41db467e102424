"""The corridor in a real browser: sign up, upload, match, import, choose KPIs, make a scorecard, hold the PDF."""

import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tallymark.app import create_app
from tallymark.settings import Settings
from tallymark.web.settings import WebSettings
from tallymark_tenants.db import Database

CHROMIUM = shutil.which("chromium")

WAIT = 90_000  # milliseconds; a loaded machine computes and renders slowly

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="NO BROWSER: the pages are not tested; install Debian's chromium to test them",
    ),
    # A browser that goes away in the middle of a file leaves it open in this simple server, which then warns.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def site(
    settings: Settings, database: Database, environment: dict[str, str], tmp_path_factory
) -> Iterator[str]:
    """The pages on a free port, with a dispatcher and a worker beside them."""
    logs = tmp_path_factory.mktemp("logs")
    server = make_server(
        "127.0.0.1", 0, create_app(settings, WebSettings(), database=database), threaded=True
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    children = [start(name, environment, logs) for name in ("dispatcher", "worker")]
    yield f"http://127.0.0.1:{server.server_port}"
    for child in children:
        child.kill()  # there is nothing left that they could finish
    for child in children:
        child.wait()
    server.shutdown()
    thread.join()
    server.server_close()


def start(command: str, environment: dict[str, str], logs: Path) -> subprocess.Popen[bytes]:
    with (logs / f"{command}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-c", "from tallymark.cli import main; main()", command],
            env=environment | {"PATH": "/usr/bin:/bin"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture
def page(site: str) -> Iterator[Any]:
    """A page that fails the test for anything the browser complains about, the content policy above all."""
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(base_url=site, locale="en-GB")
        opened = context.new_page()
        complaints: list[str] = []
        opened.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        browser.close()
        assert complaints == []


def exported(folder: Path) -> Path:
    """Deals of three months, with dates that can be read two ways and an amount that can't be read at all."""
    rows = ["Deal ID;Deal name;Stage;Amount;Close date;Created at;Owner"]
    for month in (4, 5, 6):
        for deal in range(1, 9):
            stage = "Closed Won" if deal % 2 else "Closed Lost"
            amount = "unknown" if (month, deal) == (5, 3) else f"{deal}.500,00"
            closed, created = f"0{deal}/0{month}/2026", f"0{deal}/0{month - 3}/2026"
            rows.append(f"D{month}{deal};Deal {deal};{stage};{amount};{closed};{created};Maya")
    path = folder / "deals.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_from_signing_up_to_the_pdf(page, tmp_path):
    page.goto("/signup")
    assert page.locator("#currency").input_value() == "GBP"
    page.fill("#company", "Alder & Finch")
    page.fill("#name", "Maya Okafor")
    page.fill("#email", f"maya-{uuid4().hex}@example.com")
    page.fill("#password", "a long enough password")
    page.get_by_role("button", name="Create a company").click()

    page.get_by_role("main").get_by_role("link", name="Import data").first.click()
    page.set_input_files("#file", exported(tmp_path))
    page.get_by_role("button", name="Upload").click()
    assert page.locator("#dataset").input_value() == "opportunities"
    page.wait_for_load_state()  # the questions stand below what was waited for
    for question in page.get_by_role("radio", name="day first").all():
        question.check()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("cell", name="2026-04-01").first.wait_for(timeout=WAIT)
    page.get_by_role("button", name="Import 24 rows").click()
    page.wait_for_url("**/imports/history/**", timeout=WAIT)
    assert page.locator(".fact-good dd").inner_text() == "23"
    page.get_by_role("cell", name="unknown").wait_for(timeout=WAIT)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert "is not a number" in download.value.path().read_text(encoding="utf-8-sig")

    page.get_by_role("navigation").get_by_role("link", name="KPIs").click()
    page.get_by_role("button", name="Create the KPI set").click()
    page.get_by_role("button", name="Create", exact=True).click()
    assert page.locator("select[name=period]").input_value() == "2026-06-01"
    page.get_by_role("button", name="Make an edition").click()
    page.wait_for_url("**/scorecards/editions/**", timeout=WAIT)
    bookings = page.locator(".tile", has_text="Sales bookings")
    assert re.search("£18(\\.0)?K", bookings.inner_text()), "1,500 + 3,500 + 5,500 + 7,500"
    address = page.get_by_role("link", name="PDF scorecard").get_attribute("href")
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    request = urllib.request.Request(page.url.split("/t/")[0] + address, headers={"Cookie": cookies})
    with urllib.request.urlopen(request) as answer:
        assert answer.read(5) == b"%PDF-"


def test_the_theme_is_kept_and_the_keyboard_finds_the_content(page):
    page.emulate_media(color_scheme="light")
    page.goto("/signin")
    page.get_by_role("button", name="Theme").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto("/signup")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "company"
