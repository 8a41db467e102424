"""A company's look: the page that sets it, the logo it serves, and what is refused."""

import re
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from tallymark.branding import LogoRefused, colours, picture_of
from tallymark_tenants.accounts import Role
from tallymark_tenants.branding import branding_of


def picture(kind="PNG", size=(320, 80), **options):
    out = BytesIO()
    Image.new("RGB", size, "#a01020").save(out, kind, **options)
    return out.getvalue()


def form(**changes):
    return {
        "primary_colour": "#7a1022",
        "deep_colour": "#2a0610",
        "agency_line": "Northlight Advisory",
        "label": "Confidential",
        "sender_name": "Northlight",
    } | changes


@pytest.fixture
def browser(browse, company):
    return browse(company.users[Role.OWNER])


@pytest.fixture
def place(company):
    return f"/t/{company.profile.slug}/branding/"


def kept(database, company):
    with database.tenant(company.profile.id) as session:
        return branding_of(session)


def upload(browser, place, content, name="logo.png", **changes):
    return browser.post(place, form(**changes) | {"logo": (BytesIO(content), name)})


def test_a_look_is_kept_and_shown_and_undone(browser, place, database, company):
    assert browser.post(place, form()).status_code == 302
    found = kept(database, company)
    assert (found.primary_colour, found.deep_colour) == ("#7a1022", "#2a0610")
    assert found.agency_line == "Northlight Advisory"
    page = browser.get(place).text
    assert 'value="#7a1022"' in page
    assert 'value="Northlight Advisory"' in page
    assert browser.post(f"{place}reset", {}).status_code == 302
    assert kept(database, company).is_default
    assert "Back to the usual look" not in browser.get(place).text


def test_the_products_own_colours_are_not_stored(browser, place, database, company):
    browser.post(place, form(primary_colour=colours.PRIMARY, deep_colour=colours.DEEP))
    assert kept(database, company).primary_colour == ""


def test_a_colour_that_white_cannot_be_read_on_is_refused_and_the_nearest_offered(
    browser, place, database, company
):
    answer = browser.post(place, form(primary_colour="#ffcc00"))
    assert answer.status_code == 422
    nearest = colours.nearest_readable("#ffcc00")
    assert f'value="{nearest}"' in answer.text
    assert "The nearest colour that carries it" in answer.text
    assert kept(database, company).is_default
    assert browser.post(place, form(primary_colour=nearest)).status_code == 302


@pytest.mark.parametrize("colour", ["red", "", "#12345", "#1d4ed8;}*{background:url(//x)", "javascript:1"])
def test_what_is_no_colour_is_refused(browser, place, colour):
    assert browser.post(place, form(primary_colour=colour)).status_code == 422


def test_a_logo_is_made_anew_and_served_safely(browser, place, database, company):
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script> taken at home")
    assert upload(browser, place, picture(pnginfo=info)).status_code == 302
    digest = kept(database, company).logo
    answer = browser.get(f"{place}logos/{digest}")
    assert answer.mimetype == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"script" not in answer.data
    assert b"home" not in answer.data
    assert Image.open(BytesIO(answer.data)).size == (320, 80)
    assert f"{place}logos/{digest}" in browser.get(place).text


def test_a_jpeg_loses_what_its_camera_said(browser, place, database, company):
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    assert upload(browser, place, picture("JPEG", exif=exif), "a.jpg").status_code == 302
    answer = browser.get(f"{place}logos/{kept(database, company).logo}")
    assert answer.mimetype == "image/jpeg"
    assert b"secret" not in answer.data


PNG, JPEG = picture(), picture("JPEG")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG and web pages"),
        (b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>", "SVG"),
        (b"\xef\xbb\xbf<html><script>", "SVG and web pages"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "not a PNG or JPEG"),
        (b"%PDF-1.7", "not a PNG or JPEG"),
        (PNG + b"<html><script>alert(1)</script>", "more than a picture"),
        (JPEG + b"PK\x03\x04", "more than a picture"),
        (PNG[:60], "damaged"),
        (JPEG[:300], "damaged"),
        (PNG[:16] + (100_000).to_bytes(4, "big") * 2 + PNG[24:], "4 million pixels|damaged"),
        (picture(size=(3000, 2000)), "4 million pixels"),
        (picture(size=(4, 4)), "too small"),
        (picture(size=(1000, 10)), "too long and thin"),
        (b"", "empty"),
    ],
    ids=["svg", "xml", "html", "gif", "pdf", "png-and-html", "jpeg-and-zip", "cut-png", "cut-jpeg", "bomb", "large",
         "small", "thin", "empty"],
)  # fmt: skip
def test_other_files_are_refused(browser, place, database, company, content, reason):
    answer = upload(browser, place, content)
    assert answer.status_code == 422
    assert re.search(reason, answer.text)
    assert kept(database, company).logo == ""


def test_a_heavy_file_is_refused_before_it_is_decoded():
    with pytest.raises(LogoRefused, match="over 2 MB"):
        picture_of(b"\x89PNG\r\n\x1a\n" + b"0" * 2_000_000)


def test_a_logo_of_another_company_is_not_there(browser, place, browse, make_company):
    upload(browser, place, picture())
    other = make_company()
    own = re.search(r"logos/([0-9a-f]{64})", browser.get(place).text)
    assert own
    stranger = browse(other.users[Role.OWNER])
    assert stranger.get(f"/t/{other.profile.slug}/branding/logos/{own[1]}").status_code == 404
    assert browser.get(f"{place}logos/{'0' * 64}").status_code == 404
    assert browser.get(f"{place}logos/..%2f..%2fetc").status_code == 404


def test_the_colours_of_a_page_are_a_stylesheet_of_our_own(browser, place):
    answer = browser.get(f"{place}colours/7a1022.css")
    assert answer.mimetype == "text/css"
    assert re.search(r"--brand: light-dark\(#7a1022, #[0-9a-f]{6}\);", answer.text)
    assert browser.get(f"{place}colours/ffffff.css").status_code == 404
    assert browser.get(f"{place}colours/red%7d.css").status_code == 404


def test_only_admins_may_change_it(browse, company, place):
    for role in (Role.ANALYST, Role.VIEWER):
        assert browse(company.users[role]).get(place).status_code == 403
