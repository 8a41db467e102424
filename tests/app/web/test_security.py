"""Headers, cookies, hosts, caches, and templates without anything inline."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import abort, request
from gunicorn.config import Config
from gunicorn.glogging import Logger
from werkzeug.test import Client

import tallymark.web
from tallymark.app import create_app
from tallymark.settings import SettingsError
from tallymark.web.access import public
from tallymark.web.logged import ACCESS_LOG
from tallymark.web.server import ServerError, check_address, refuse_unsafe
from tallymark.web.settings import MEGABYTE, WebSettings
from tallymark_tenants.accounts import Role

WEB = Path(tallymark.web.__file__).parent


def test_every_page_says_what_it_may_load(app, browse):
    for path in ("/signin", "/nowhere", "/healthz"):
        headers = browse().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("template", sorted(WEB.rglob("*.html")), ids=lambda path: str(path.relative_to(WEB)))
def test_no_template_has_anything_inline(template):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|https?://\w", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text.replace(" ", "")
    # Logical properties mirror by themselves; `left` and `right` don't.
    assert not re.search(r'align="(left|right)"', text)


# The wall's is all charts, whose time runs from left to right in every language, and televisions know no layers.
STYLES = sorted(set((WEB / "static/css").glob("*.css")) - {WEB / "static/css/wall.css"})


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_styles_are_logical_and_layered(style):
    text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"(margin|padding|border)-(left|right|top|bottom)|text-align:\s*(left|right)", text)
    assert not re.search(r"[{;]\s*(left|right|top|bottom|width|height):", text)
    if style.name != "fonts.css":
        outside = re.sub(r"@layer [^;{]+(;|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})", "", text)
        assert outside.strip() == ""


def test_the_cookie_of_https_is_bound_to_the_host(settings, database):
    app = create_app(settings, WebSettings(https=True, hosts=("kpi.example.com",)), database=database)
    response = app.test_client().get("/signin", base_url="https://kpi.example.com")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tallymark=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "max-age=" in response.headers["Strict-Transport-Security"]


def test_only_our_own_names_are_answered(settings, database):
    app = create_app(settings, WebSettings(hosts=("kpi.example.com",)), database=database)
    assert app.test_client().get("/signin", base_url="http://kpi.example.com").status_code == 200
    assert app.test_client().get("/signin", base_url="http://evil.example").status_code == 400


def test_static_files_are_kept_for_ever_under_their_digest(browse):
    page = browse().get("/signin").text
    path = re.search(r'href="(/static/[0-9a-f]{16}/css/base\.css)"', page)[1]
    with browse().get(path) as fresh:
        assert "immutable" in fresh.headers["Cache-Control"]
    with browse().get("/static/0000/css/base.css") as old:
        assert old.status_code == 200
        assert "no-cache" in old.headers["Cache-Control"]
    assert browse().get("/static/0000/../app.py").status_code == 404


def test_readiness_tells_what_is_missing(settings, database):
    assert (
        create_app(settings, WebSettings(), database=database).test_client().get("/readyz").status_code == 200
    )
    lost = replace(settings, redis_url="redis://127.0.0.1:1/0")
    response = create_app(lost, WebSettings(), database=database).test_client().get("/readyz")
    assert response.status_code == 503
    assert response.json["checks"] == {"database": True, "redis": False}


def test_a_body_that_is_too_large_gets_its_own_page(settings, database, company, browse):
    app = create_app(settings, WebSettings(upload_bytes=1000), database=database)
    analyst = browse(company.users[Role.ANALYST], on=app)
    response = analyst.post(f"{company.base}/imports/new", {"x": "y" * 5000})
    assert response.status_code == 413
    assert "too large" in response.text


def test_an_unexpected_error_shows_a_number_and_nothing_else(settings, database, caplog):
    app = create_app(settings, WebSettings(), database=database)

    @app.get("/broken")
    @public
    def broken() -> str:
        raise ValueError("a secret detail")

    @app.get("/teapot")
    @public
    def teapot() -> str:
        abort(418)

    response = app.test_client().get("/broken")
    assert response.status_code == 500
    assert "secret" not in response.text
    number = re.search(r'<p class="mono">([0-9a-f]{12})</p>', response.text)[1]
    assert number in caplog.text
    assert app.test_client().get("/teapot").status_code == 418


def written(app, path: str, **headers: str) -> str:
    """The line that gunicorn's access log has of a request."""
    config, seen = Config(), dict[str, Any]()
    config.set("access_log_format", ACCESS_LOG)

    def spy(environ, start_response):
        seen.update(environ=environ)
        return app.wsgi_app(environ, start_response)

    answer = Client(spy).get(path, headers=headers, environ_overrides={"RAW_URI": path})
    told = SimpleNamespace(status=answer.status, sent=0, headers=[])
    asked = SimpleNamespace(headers=list(headers.items()))
    log = Logger(config)
    atoms = log.atoms_wrapper_class(log.atoms(told, asked, seen["environ"], timedelta(seconds=1)))
    return ACCESS_LOG % atoms


@pytest.mark.parametrize(
    "path",
    ["/invitation/sEcReT", "/invitation/sEcReT/", "/wall/sEcReT/state", "/d/sEcReT", "/d/stop/sEcReT",
     "/signin?next=/invitation/sEcReT"],
)  # fmt: skip
def test_no_token_of_an_address_reaches_the_access_log(app, path):
    line = written(app, path, Referer="http://localhost/invitation/sEcReT")
    assert "sEcReT" not in line
    assert f'"GET /{path.split("/")[1].split("?")[0]}' in line


def test_the_access_log_says_which_page_was_asked_for(app):
    assert '"GET /t/acme/kpis/ ' in written(app, "/t/acme/kpis/")


def test_no_token_of_an_address_reaches_the_log_of_errors(settings, database, caplog):
    app = create_app(settings, WebSettings(), database=database)

    @app.get("/broken/<token>")
    @public
    def broken(token: str) -> str:
        raise ValueError("broken")

    assert app.test_client().get("/broken/sEcReT").status_code == 500
    assert "GET /broken/<token>" in caplog.text
    assert "sEcReT" not in caplog.text


@pytest.mark.parametrize("name", ["FLASK_DEBUG", "WERKZEUG_DEBUG_PIN"])
def test_production_refuses_debugging(settings, monkeypatch, name):
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=name):
        refuse_unsafe(replace(settings, mode="production", secret_key="s" * 40))


def test_production_refuses_a_short_secret_and_unnamed_hosts(settings):
    with pytest.raises(SettingsError, match="TALLYMARK_SECRET_KEY"):
        create_app(replace(settings, mode="production", secret_key="short"))
    with pytest.raises(SettingsError, match="TALLYMARK_HOSTS"):
        WebSettings.from_env(production=True, environ={})
    with pytest.raises(SettingsError, match="whole number"):
        WebSettings.from_env(production=False, environ={"TALLYMARK_MAX_UPLOAD_MB": "lots"})
    web = WebSettings.from_env(production=True, environ={"TALLYMARK_HOSTS": "a.example, .b.example"})
    assert web == WebSettings(
        hosts=("a.example", ".b.example"), proxies=0, https=True, upload_bytes=512 * MEGABYTE
    )


@pytest.mark.parametrize(("proxies", "seen"), [(None, "127.0.0.1"), ("1", "203.0.113.9")])
def test_a_forwarded_address_counts_only_behind_a_proxy(settings, database, proxies, seen):
    environ = {"TALLYMARK_HOSTS": "kpi.example.com"} | ({"TALLYMARK_PROXIES": proxies} if proxies else {})
    web = WebSettings.from_env(production=True, environ=environ)
    app = create_app(settings, web, database=database)
    app.add_url_rule("/caller", view_func=public(lambda: request.remote_addr), endpoint="caller")
    headers = {"X-Forwarded-For": "203.0.113.9"}
    answer = app.test_client().get("/caller", base_url="https://kpi.example.com", headers=headers)
    assert answer.text == seen


def test_a_busy_port_says_what_to_do(settings):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServerError, match="TALLYMARK_PORT"):
            check_address("127.0.0.1", taken.getsockname()[1])
