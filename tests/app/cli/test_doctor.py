"""`tallymark doctor`: it finds what is wrong and says what to do."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tallymark.cli.doctor import check_database, check_disk, check_packs, check_redis, doctor
from tallymark.plugins.loader import Broken
from tallymark.plugins.registry import Registry
from tallymark_tenants.db import VARIABLES


@pytest.fixture
def configured(settings, monkeypatch):
    monkeypatch.setenv("TALLYMARK_DATA", str(settings.data_dir))
    monkeypatch.setenv("TALLYMARK_REDIS_URL", settings.redis_url)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", settings.secret_key)
    for role, name in VARIABLES.items():
        monkeypatch.setenv(name, getattr(settings.urls, role))
    return settings


def test_all_is_well(configured):
    result = CliRunner().invoke(doctor, ["--json"])
    findings = {finding["check"]: finding for finding in json.loads(result.output)}
    assert result.exit_code == 0, result.output
    assert {"settings", "disk", "lake", "database", "schema", "isolation", "redis", "redis persistence", "pango", "fonts", "packs"} == set(findings)  # fmt: skip
    assert not [finding for finding in findings.values() if finding["level"] == "problem"]
    assert "PostgreSQL 18" in findings["database"]["text"]


def test_wrong_settings_end_with_2_and_what_to_do(monkeypatch):
    monkeypatch.setenv("TALLYMARK_PORT", "many")
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 2
    assert "✗ settings" in result.output
    assert "→ TALLYMARK_PORT is 'many'; it must be a number from 1 to 65535." in result.output


def test_a_redis_that_is_away_is_a_problem_and_the_rest_is_still_checked(configured, monkeypatch):
    monkeypatch.setenv("TALLYMARK_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr("tallymark.cli.doctor.check_pango", lambda: iter(()))
    monkeypatch.setattr("tallymark.cli.doctor.check_fonts", lambda: iter(()))
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 2
    assert "✗ redis: Redis does not answer" in result.output
    assert "✓ packs" in result.output


def test_a_redis_that_forgets_is_a_warning(settings):
    import redis

    with redis.Redis.from_url(settings.redis_url) as client:
        client.config_set("appendonly", "no")
        try:
            levels = {finding.check: finding.level for finding in check_redis(settings)}
        finally:
            client.config_set("appendonly", "yes")
    assert levels == {"redis": "ok", "redis persistence": "warning"}


def test_a_database_that_is_away_is_one_sentence(configured, monkeypatch):
    for name in VARIABLES.values():
        monkeypatch.setenv(name, "postgresql+psycopg://tallymark_app:x@127.0.0.1:1/tallymark")
    for check in ("check_redis", "check_pango", "check_fonts", "check_packs"):
        monkeypatch.setattr(f"tallymark.cli.doctor.{check}", lambda *_: iter(()))
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 2
    assert "✗ database: The database does not answer" in result.output


def test_a_table_without_its_rules_is_found(settings, database):
    with database.owner() as session:
        session.execute(text("create table doctors_find (tenant_id uuid, id uuid)"))
    try:
        found = [finding.text for finding in check_database(settings) if finding.level == "problem"]
    finally:
        with database.owner() as session:
            session.execute(text("drop table doctors_find"))
    assert "doctors_find: row-level security is not enabled." in found


def test_a_folder_that_cannot_be_written_and_a_disk_without_room(tmp_path, monkeypatch):
    [fine] = check_disk(tmp_path / "not" / "yet")
    assert fine.level in ("ok", "warning")
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10 * 2**20})())
    [full] = check_disk(tmp_path)
    assert (full.level, full.advice) == (
        "problem",
        "Free some space, or point TALLYMARK_DATA at another disk.",
    )
    [sealed] = check_disk(Path("/proc/self"))
    assert sealed.level == "problem"
    assert "TALLYMARK_DATA" in sealed.advice


def test_each_broken_pack_is_named_with_its_reason(monkeypatch):
    broken = Broken(
        family="acme", distribution="acme-metrics", version="2.0", reason="No module named 'acme'"
    )
    from tallymark.plugins import registry

    known = replace(registry.registry(), broken=(broken,))
    monkeypatch.setattr("tallymark.plugins.registry.registry", lambda: known)
    levels = [(finding.level, finding.text) for finding in check_packs()]
    assert levels[0] == ("problem", "acme-metrics 2.0 (acme): No module named 'acme'")
    assert levels[1][0] == "ok"
    monkeypatch.setattr("tallymark.plugins.registry.registry", Registry)
    assert [finding.level for finding in check_packs()] == ["problem"]
