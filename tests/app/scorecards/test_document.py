"""The document model: it survives JSON exactly, and refuses anything else."""

import json

import pytest

from tallymark.scorecards.codec import BadDocument, from_json, to_json
from tallymark.scorecards.exports import HEADER, figures_csv


def test_a_document_survives_json(document):
    written = json.loads(json.dumps(to_json(document)))
    assert from_json(written) == document


@pytest.mark.parametrize("locale", ["fa", "vi", "zh-Hant"])
def test_other_languages_survive_json_too(sample, locale):
    document = sample.document(locale)
    assert from_json(json.loads(json.dumps(to_json(document)))) == document


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("cover", "company"), 7, r"document\.cover\.company must be str, not '7'"),
        (
            ("sections", 0, "kind"),
            "spell",
            r"document\.sections\[0\] is a section of an unknown kind 'spell'",
        ),
        (("summary", "tally", 0, "status"), "great", r"tally\[0\]\.status must be on or risk or off or none"),
        (("sections", 2, "rows", 0, "bar"), True, r"rows\[0\]\.bar must be a number"),
        (("sections", 1, "points"), {}, r"sections\[1\]\.points must be a list"),
        (("schema",), 99, "update Tallymark"),
    ],
    ids=["text", "kind", "status", "number", "list", "schema"],
)
def test_another_shape_is_refused_with_its_place(document, path, value, message):
    data = to_json(document)
    parent = data
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    with pytest.raises(BadDocument, match=message):
        from_json(data)


def test_unknown_and_missing_fields_are_named(document):
    data = to_json(document)
    data["cover"]["colour"] = "red"
    with pytest.raises(BadDocument, match=r"document\.cover has an unknown field 'colour'"):
        from_json(data)
    del data["cover"]["colour"], data["cover"]["span"]
    with pytest.raises(BadDocument, match=r"document\.cover lacks the field 'span'"):
        from_json(data)


def test_the_attached_table_has_every_number_exactly(document):
    lines = figures_csv(document).split("\r\n")
    assert lines[0] == ",".join(HEADER)
    assert (
        'tiles,revenue.bookings,Sales bookings,value,Revenue,October 2026,1284310.5000,money,"$1,284,310.50",,'
        in lines
    )
    assert any(line.startswith("ranking,revenue.bookings,Sales bookings,value,Maya Okafor") for line in lines)
    reasons = [line for line in lines if line.endswith("There is no data before the first sync.,")]
    assert reasons == [
        "tiles,pipeline.stage_history,Stage conversion,value,Pipeline,October 2026,,,,There is no data before the first sync.,"
    ]


def test_a_name_that_is_a_formula_is_neutralised(sample):
    timeline = sample.october()
    names = ("=HYPERLINK(1)", "+1", "@SUM(A1)", "-2+3")
    cells = [*sample.totals(timeline), *sample.split(timeline, "rep", names, ("revenue.bookings",))]
    lines = figures_csv(sample.document(cells=cells, composition=sample.layout())).split("\r\n")
    shown = {line.split(",")[4] for line in lines if line.startswith("ranking")}
    assert shown == {"'=HYPERLINK(1)", "'+1", "'@SUM(A1)", "'-2+3"}
