"""Each thing is said once: while it lasts, when it ends, when it comes back."""

from datetime import UTC, datetime, timedelta

from tallymark.alerts.judging import Verdict
from tallymark.alerts.recording import Spoken, news
from tallymark.alerts.words import Sentence
from tallymark_sdk.calendars import calendar

CUT = calendar()
OCTOBER, NOVEMBER = CUT.parse("2026-10"), CUT.parse("2026-11")
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


class Story:
    """One rule's days, one after the other."""

    def __init__(self, repeat=None):
        self.spoken, self.keys, self.repeat = [], set(), repeat

    def day(self, number, state, period=NOVEMBER, member=""):
        now = START + timedelta(days=number)
        verdict = Verdict(member=member, period=period, state=state, words=Sentence(text="", values={}))
        said = news([verdict], self.spoken, now, self.repeat)
        for each in said:
            assert each.key not in self.keys
            self.keys.add(each.key)
            self.spoken.append(Spoken(member=member, period=period, state=each.state, at=now))
        return [each.state for each in said]


def test_what_lasts_is_said_once_and_its_end_once():
    story = Story()
    assert story.day(0, "so") == ["raised"]
    assert [story.day(day, "so") for day in range(1, 9)] == [[]] * 8
    assert story.day(9, "unknown") == []
    assert story.day(10, "not so") == ["recovered"]
    assert story.day(11, "not so") == []


def test_what_comes_back_is_said_again():
    story = Story()
    states = ["so", "not so", "so", "so", "not so", "so"]
    assert [story.day(day, state) for day, state in enumerate(states)] == [
        ["raised"], ["recovered"], ["raised"], [], ["recovered"], ["raised"],
    ]  # fmt: skip


def test_another_period_is_another_matter_and_ends_the_one_before():
    story = Story()
    assert story.day(0, "so", OCTOBER) == ["raised"]
    assert story.day(1, "so", NOVEMBER) == ["raised"]
    assert story.day(2, "not so", NOVEMBER) == ["recovered"]
    other = Story()
    other.day(0, "so", OCTOBER)
    assert other.day(1, "not so", NOVEMBER) == ["recovered"]
    assert other.day(2, "not so", NOVEMBER) == []


def test_an_older_period_ends_nothing():
    story = Story()
    story.day(0, "so", NOVEMBER)
    assert story.day(1, "not so", OCTOBER) == []


def test_each_member_has_its_own_story():
    story = Story()
    assert story.day(0, "so", member="an") == ["raised"]
    assert story.day(1, "so", member="bo") == ["raised"]
    assert story.day(2, "not so", member="an") == ["recovered"]
    assert story.day(3, "so", member="bo") == []


def test_a_reminder_comes_after_so_many_days_and_again():
    story = Story(repeat=3)
    assert [story.day(day, "so") for day in range(8)] == [
        ["raised"], [], [], ["repeated"], [], [], ["repeated"], [],
    ]  # fmt: skip
    assert story.day(8, "not so") == ["recovered"]


def test_what_nobody_can_judge_says_nothing():
    assert Story().day(0, "unknown") == []
