"""Settings from the environment."""

from pathlib import Path

import pytest

from tallymark.settings import Settings, SettingsError

DATABASE = {
    "TALLYMARK_DATABASE_URL": "postgresql+psycopg://a:1@db/t",
    "TALLYMARK_AUTH_DATABASE_URL": "postgresql+psycopg://b:2@db/t",
    "TALLYMARK_DISPATCHER_DATABASE_URL": "postgresql+psycopg://c:3@db/t",
}
PRODUCTION = DATABASE | {
    "TALLYMARK_MODE": "production",
    "TALLYMARK_REDIS_URL": "redis://:secret@redis/0",
    "TALLYMARK_SECRET_KEY": "k" * 32,
}


def test_nothing_set_means_development_with_embedded_services(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_env({})
    assert (settings.mode, settings.host, settings.port) == ("development", "127.0.0.1", 8300)
    assert settings.data_dir == tmp_path / ".tallymark"
    assert not settings.urls.complete
    folders = (settings.lake_dir, settings.uploads_dir, settings.editions_dir)
    assert {folder.parent for folder in folders} == {settings.data_dir}
    assert len(set(folders)) == 3


def test_everything_set_is_taken():
    settings = Settings.from_env(PRODUCTION | {"TALLYMARK_DATA": "/srv/t", "TALLYMARK_PORT": "80"})
    assert settings.urls.complete
    assert (settings.urls.owner, settings.port, settings.data_dir) == ("", 80, Path("/srv/t"))


def test_secrets_are_not_shown():
    shown = repr(Settings.from_env(PRODUCTION))
    assert "secret" not in shown.replace("secret_key", "")
    assert "kkkk" not in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"TALLYMARK_SECRET_KEY": ""}, "TALLYMARK_SECRET_KEY"),
        ({"TALLYMARK_SECRET_KEY": "short"}, "at least 32 random characters"),
        ({"TALLYMARK_REDIS_URL": ""}, "TALLYMARK_REDIS_URL"),
        ({"TALLYMARK_AUTH_DATABASE_URL": ""}, "TALLYMARK_AUTH_DATABASE_URL"),
        (dict.fromkeys(DATABASE, ""), "TALLYMARK_DATABASE_URL, TALLYMARK_AUTH"),
        ({"TALLYMARK_MODE": "prod"}, "must be development or production"),
        ({"TALLYMARK_PORT": "eighty"}, "TALLYMARK_PORT is 'eighty'"),
        ({"TALLYMARK_PORT": "65536"}, "from 1 to 65535"),
        ({"TALLYMARK_LAKE": "https://bucket"}, "must be s3://bucket or s3://bucket/prefix"),
        ({"TALLYMARK_LAKE": "s3://key:secret@bucket"}, "keys and endpoint go into AWS_ACCESS_KEY_ID"),
        ({"TALLYMARK_LAKE": "s3://bucket/../other"}, "must be s3://bucket or s3://bucket/prefix"),
        ({"TALLYMARK_LAKE_CACHE": "0"}, "TALLYMARK_LAKE_CACHE is '0'"),
    ],
)
def test_what_is_missing_or_wrong_is_named(change, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_env(PRODUCTION | change)


def test_a_bucket_leaves_copies_in_the_data_folder_apart_from_a_lake_that_was_there():
    settings = Settings.from_env({"TALLYMARK_DATA": "/srv/t", "TALLYMARK_LAKE": "s3://rows/of/us/"})
    assert (settings.lake, settings.lake_dir) == ("s3://rows/of/us", Path("/srv/t/cache/lake"))


def test_half_set_addresses_are_refused_in_development_too():
    with pytest.raises(SettingsError, match="TALLYMARK_DISPATCHER_DATABASE_URL"):
        Settings.from_env(DATABASE | {"TALLYMARK_DISPATCHER_DATABASE_URL": ""})
