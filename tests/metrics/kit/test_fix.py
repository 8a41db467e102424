"""`metrics check --fix` writes the inputs that are used, and not one character more."""

from pathlib import Path

import pytest

from tallymark_sdk.authoring.fix import fix_inputs, with_inputs

WANTED = {"acme.x": ("orders.ordered_on", "orders.status")}
WRITTEN = 'inputs=("orders.ordered_on", "orders.status")'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('X = Metric(key="acme.x", inputs=(), formula=F)', f'X = Metric(key="acme.x", {WRITTEN}, formula=F)'),
        ('X = Metric(key="acme.x", inputs=SOLD, formula=F)', f'X = Metric(key="acme.x", {WRITTEN}, formula=F)'),
        ('X = Metric(key="acme.x", formula=F)', f'X = Metric(key="acme.x", {WRITTEN}, formula=F)'),
        (
            'X = Metric(\n    key="acme.x",  # é\n    inputs=(\n        "a.b",\n    ),\n    formula=F,\n)\n',
            f'X = Metric(\n    key="acme.x",  # é\n    {WRITTEN},\n    formula=F,\n)\n',
        ),
        (
            'X = Metric(\n    key="acme.x",\n    formula=F,\n)\n',
            f'X = Metric(\n    key="acme.x",\n    {WRITTEN},\n    formula=F,\n)\n',
        ),
        ('N = "é"; X = Metric(key="acme.x", name="é", inputs=(), formula=F)',
         f'N = "é"; X = Metric(key="acme.x", name="é", {WRITTEN}, formula=F)'),
    ],
)  # fmt: skip
def test_only_the_inputs_change(before, after):
    assert with_inputs(before, WANTED) == (after, ("acme.x",))


def test_other_metrics_and_keys_put_together_by_code_are_left_alone():
    source = (
        'A = Metric(key="acme.y", inputs=(), formula=F)\nB = Metric(key=f"acme.{x}", inputs=(), formula=F)\n'
    )
    assert with_inputs(source, WANTED) == (source, ())


def test_many_inputs_stand_one_a_line():
    many = tuple(f"opportunities.column_number_{number}" for number in range(5))
    after, _keys = with_inputs(
        'X = Metric(\n    key="acme.x",\n    inputs=(),\n    formula=F,\n)\n', {"acme.x": many}
    )
    assert '    inputs=(\n        "opportunities.column_number_0",\n' in after
    assert '        "opportunities.column_number_4",\n    ),\n    formula=F,' in after


def test_one_input_is_a_tuple_still():
    after, _keys = with_inputs('X = Metric(key="acme.x", inputs=(), formula=F)', {"acme.x": ("a.b",)})
    assert 'inputs=("a.b",), formula=F' in after


def test_two_metrics_of_a_file_and_the_diff(tmp_path: Path):
    file = tmp_path / "pack.py"
    file.write_text(
        'X = Metric(key="acme.x", inputs=(), formula=F)\nY = Metric(key="acme.y", inputs=(), formula=F)\n'
    )
    (fixed,) = fix_inputs([file], {**WANTED, "acme.y": ("reps.hired_on",)})
    assert fixed.keys == ("acme.x", "acme.y")
    assert f'+X = Metric(key="acme.x", {WRITTEN}, formula=F)' in fixed.diff
    assert "inputs=()" in file.read_text(), "nothing is written before it is shown"
