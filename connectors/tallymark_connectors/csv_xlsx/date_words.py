"""Month and weekday names, and marks of the time of day, in the four languages the product speaks."""

from collections.abc import Mapping
from types import MappingProxyType

from tallymark_connectors.csv_xlsx.text import key


def _numbered(*lines: str) -> Mapping[str, int]:
    return MappingProxyType({key(name): n for line in lines for n, name in enumerate(line.split(), start=1)})


# English names are matched by their first three letters after these were tried.
GREGORIAN_MONTHS: Mapping[str, int] = MappingProxyType(
    {
        **_numbered(
            "january february march april may june july august september october november december",
            "jan feb mar apr may jun jul aug sep oct nov dec",
            "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
            "ژانویه فوریه مارس اوریل می جون جولای آگوست سپتامبر اکتبر نوامبر دسامبر",
        ),
        "sept": 9,
    }
)
JALALI_MONTHS: Mapping[str, int] = _numbered(
    "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
    "فروردین اردیبهشت خرداد تیر امرداد شهریور مهر ابان اذر دی بهمن اسفند",
    "farvardin ordibehesht khordad tir mordad shahrivar mehr aban azar dey bahman esfand",
)
WEEKDAYS = frozenset(
    key(name)
    for name in [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "شنبه",
        "یکشنبه",
        "دوشنبه",
        "سهشنبه",
        "چهارشنبه",
        "پنجشنبه",
        "جمعه",
        "سه",
        "چهار",
        "پنج",
        "یک",
        "دو",
        "星期一",
        "星期二",
        "星期三",
        "星期四",
        "星期五",
        "星期六",
        "星期日",
        "週一",
        "週二",
        "週三",
        "週四",
        "週五",
        "週六",
        "週日",
        "周一",
        "周二",
        "周三",
        "周四",
        "周五",
        "周六",
        "周日",
    ]
)
# Words that may stand around the parts of a date and say nothing.
FILLERS = frozenset({"ngày", "năm", "of", "the", "st", "nd", "rd", "th", "at", "lúc", "ساعت", "سال", "در"})
# (thứ hai, thứ 2, chủ nhật): Vietnamese weekdays hold numbers, so they are cut out before numbers are read.
VIETNAMESE_WEEKDAY = r"(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật)\s*,?"
BEFORE_NOON = frozenset({"am", "a.m.", "sa", "ق.ظ", "صبح", "上午", "早上", "凌晨"})
AFTER_NOON = frozenset({"pm", "p.m.", "ch", "ب.ظ", "عصر", "下午", "晚上", "بعدازظهر"})
