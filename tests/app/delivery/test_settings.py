"""What the environment may say about mail, and what is refused with a sentence."""

import pytest

from tallymark.settings import Settings, SettingsError

GOOD = {"TALLYMARK_SMTP_HOST": "mx.example.com", "TALLYMARK_SMTP_SENDER": "Cards <cards@example.com>"}


def test_a_mail_server_with_the_usual_ports():
    mail = Settings.from_env(GOOD).mail
    assert (mail.host, mail.port, mail.tls, mail.sender) == (
        "mx.example.com",
        587,
        "starttls",
        "cards@example.com",
    )
    assert Settings.from_env(GOOD | {"TALLYMARK_SMTP_TLS": "implicit"}).mail.port == 465
    assert not Settings.from_env({}).mail.is_set_up


def test_the_password_comes_from_a_file_and_is_shown_nowhere(tmp_path):
    path = tmp_path / "password"
    path.write_text("s3cret\n")
    settings = Settings.from_env(
        GOOD | {"TALLYMARK_SMTP_USER": "u", "TALLYMARK_SMTP_PASSWORD_FILE": str(path)}
    )
    assert settings.mail.password == "s3cret"
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"TALLYMARK_SMTP_HOST": "mx.example.com"}, "TALLYMARK_SMTP_SENDER"),
        (GOOD | {"TALLYMARK_SMTP_TLS": "none"}, "TALLYMARK_SMTP_TLS"),
        (GOOD | {"TALLYMARK_SMTP_TLS": "perhaps"}, "TALLYMARK_SMTP_TLS"),
        (GOOD | {"TALLYMARK_SMTP_PORT": "0"}, "TALLYMARK_SMTP_PORT"),
        (GOOD | {"TALLYMARK_SMTP_SENDER": "cards"}, "TALLYMARK_SMTP_SENDER"),
        (GOOD | {"TALLYMARK_SMTP_SENDER": "a@b.com\r\nBcc: c@d.com"}, "TALLYMARK_SMTP_SENDER"),
        (GOOD | {"TALLYMARK_SMTP_BOUNCES": "bounces"}, "TALLYMARK_SMTP_BOUNCES"),
        (GOOD | {"TALLYMARK_SMTP_USER": "u"}, "TALLYMARK_SMTP_PASSWORD"),
        (GOOD | {"TALLYMARK_SMTP_PASSWORD_FILE": "/nowhere"}, "TALLYMARK_SMTP_PASSWORD_FILE"),
        ({"TALLYMARK_URL": "kpi.example.com"}, "TALLYMARK_URL"),
        ({"TALLYMARK_URL": "https://kpi.example.com/path"}, "TALLYMARK_URL"),
    ],
)
def test_what_cannot_work_names_its_variable(given, named):
    with pytest.raises(SettingsError, match=named):
        Settings.from_env(given)


def test_links_begin_with_the_installations_own_address():
    assert (
        Settings.from_env({"TALLYMARK_URL": "https://kpi.example.com/"}).address == "https://kpi.example.com"
    )
    assert (
        Settings.from_env({"TALLYMARK_HOSTS": "kpi.example.com,other"}).address == "https://kpi.example.com"
    )
    assert Settings.from_env({}).address == "http://127.0.0.1:8300"
