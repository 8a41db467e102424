"""`tallymark deliver` as its operator uses it."""

import pytest
from click.testing import CliRunner

from tallymark.cli import main
from tallymark.delivery.kept import keep, told
from tallymark_sdk.said import Said
from tallymark_tenants.db import VARIABLES
from tallymark_tenants.models import Schedule


@pytest.fixture
def tallymark(settings):
    environment = {name: getattr(settings.urls, role) for role, name in VARIABLES.items()} | {
        "TALLYMARK_DATA": str(settings.data_dir),
        "TALLYMARK_REDIS_URL": settings.redis_url,
        "TALLYMARK_SECRET_KEY": settings.secret_key,
    }

    def run(*arguments, code=0, **options):
        result = CliRunner().invoke(main, ["deliver", *arguments], env=environment, **options)
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_list_run_and_dry_run(post, tallymark, mailbox):
    slug = post.profile.slug
    post.recipient(address="bao@example.com", locale="vi", scope={"dimension": "rep", "member": "bao"})
    assert "draft" in tallymark("list", slug)
    dry = tallymark("run", slug, "Monthly", "--dry-run")
    assert "bao@example.com  vi  " in dry
    assert "rows: rep bao  would be sent unless the gate holds it" in dry
    assert post.deliveries() == []
    assert "Open the preview first" in tallymark("run", slug, "Monthly", code=2)
    with post.database.tenant(post.profile.id) as session:
        schedule = session.get_one(Schedule, (post.profile.id, post.schedule_id))
        schedule.previewed_at = schedule.created_at
    assert "1 messages" in tallymark("run", slug, str(post.schedule_id))
    post.finish()
    assert "sent      bao@example.com" in tallymark("list", slug, "--schedule", "Monthly")
    assert "There is no schedule" in tallymark("run", slug, "Yearly", code=2)


def test_a_reason_that_names_several_reads_as_a_sentence():
    said = Said("Without a value: %(kpis)s.", kpis=["Bookings", "成交率"])
    assert str(told(keep(said))) == str(said) == "Without a value: Bookings, 成交率."


def test_other_mail_on_standard_input_is_refused_with_a_sentence(post, tallymark):
    assert "delivery-status" in tallymark("bounce", code=2, input=b"Subject: hello\r\n\r\nhello")
