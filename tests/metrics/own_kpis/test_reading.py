"""What a formula's text means, and in which words and where it is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallymark_sdk import Metric
from tallymark_sdk.formula import (
    Arithmetic,
    Derived,
    Function,
    Number,
    Operand,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Target,
    Total,
)
from tallymark_sdk.leaves import children
from tallymark_sdk.own import Read, WrongFormula, read_formula, written

Metrics = dict[str, Metric]
REVENUE, PROFIT, ORDERS = Reference("sales.revenue"), Reference("sales.profit"), Reference("sales.orders")


def same(left: Operand, right: Operand) -> bool:
    """Whether two formulas are alike in every node; most kinds compare by identity."""
    if type(left) is not type(right):
        return False
    if isinstance(left, Number | Reference | Target):
        return left == right
    heads = [
        (
            getattr(each, "operator", ""),
            getattr(each, "name", ""),
            getattr(each, "step", ""),
            getattr(each, "periods", 0),
        )
        for each in (left, right)
    ]
    below = children(left), children(right)
    return heads[0] == heads[1] and len(below[0]) == len(below[1]) and all(map(same, below[0], below[1]))


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("sales.profit / sales.orders", Ratio(PROFIT, ORDERS)),
        ("sales.revenue", Derived(REVENUE)),
        ("sales.cycle.median", Derived(Reference("sales.cycle", "median"))),
        ("sales.cycle.value", Derived(Reference("sales.cycle"))),
        ("sales.revenue - sales.profit * 2", Derived(REVENUE - PROFIT * 2)),
        ("(sales.revenue - sales.profit) / sales.orders / 2", Ratio((REVENUE - PROFIT) / ORDERS, Number(2))),
        ("-sales.revenue", Derived(Arithmetic("-", Number(0), REVENUE))),
        ("sales.revenue * -0.10", Derived(Arithmetic("*", REVENUE, Number(Decimal("-0.10"))))),
        ("previous(year_before(sales.revenue))", Derived(Shifted(Shifted(REVENUE, "year_before"), "previous"))),
        ("rolling(sales.revenue, 3)", Derived(Rolling(REVENUE, 3))),
        ("share(sales.revenue)", Ratio(REVENUE, Total(REVENUE))),
        ("sales.revenue / target(sales.revenue)", Ratio(REVENUE, Target("sales.revenue"))),
        (
            "if(sales.orders >= 10 and not sales.profit == 0, sales.revenue, 0)",
            Derived(
                Function(
                    "if",
                    (
                        Function(
                            "and",
                            (
                                Function(">=", (ORDERS, Number(10))),
                                Function("not", (Function("==", (PROFIT, Number(0))),)),
                            ),
                        ),
                        REVENUE,
                        Number(0),
                    ),
                )
            ),
        ),
        ("max(abs(sales.revenue), sales.profit, 0)", Derived(Function("max", (Function("abs", (REVENUE,)), PROFIT, Number(0))))),
        ("round(sales.revenue / 7, 2)", Derived(Function("round", (REVENUE / 7, Number(2))))),
        # As a Persian or Vietnamese keyboard, a spreadsheet or a page gives it.
        ("Sales.Revenue × ۲ ÷ ۱٫۵", Ratio(REVENUE * 2, Number(Decimal("1.5")))),
        (" \n sales.revenue\n  − sales.profit\t", Derived(REVENUE - PROFIT)),
    ],
)  # fmt: skip
def test_the_text_becomes_the_algebra(metrics: Metrics, text: str, formula: Operand) -> None:
    assert same(read_formula(text, metrics).formula, formula)


def test_a_number_keeps_every_digit_that_was_written(metrics: Metrics) -> None:
    text = "sales.revenue * 123456789012345.0123456789"
    read = read_formula(text, metrics).formula
    assert isinstance(read, Derived)
    assert isinstance(read.expression, Arithmetic)
    assert read.expression.right == Number(Decimal("123456789012345.0123456789"))
    assert written(read) == text


@pytest.mark.parametrize(
    ("text", "at", "length", "sentence"),
    [
        ("", 0, 1, "The formula is empty; write one such as revenue.bookings / pipeline.opportunities."),
        ("  ", 0, 1, "The formula is empty; write one such as revenue.bookings / pipeline.opportunities."),
        ("1 + 2", 0, 5, "The formula names no metric, so it says nothing."),
        ("sales.profit / sales.ordrs", 15, 11, 'There is no metric "sales.ordrs". Did you mean "sales.orders"?'),
        ("2 * orders", 4, 6, 'There is no metric "orders". Did you mean "sales.orders"?'),
        ("sales.cycle.medain", 0, 18, 'sales.cycle has no part "medain"; it has median, deals. Did you mean "median"?'),
        ("sales.orders.median", 0, 19, 'sales.orders has no part "median".'),
        ("sales.cycle.median.x", 0, 20, 'sales.cycle has no part "median.x"; it has median, deals. Did you mean "median"?'),
        ("mx(sales.orders, 1)", 0, 2, 'There is no function "mx". Did you mean "max"?'),
        ("share", 0, 5, '"share" is a function; write share(value).'),
        ("sales.orders(1)", 0, 12, "sales.orders is a metric, not a function; leave the parenthesis out."),
        ("if(sales.orders, 1, 0)", 3, 12, "A condition is needed here, such as revenue.bookings > 1000."),
        ("if(sales.orders > 1, 1)", 0, 23, "if is written if(condition, value, otherwise)."),
        ("abs()", 0, 5, "abs is written abs(value)."),
        ("sales.orders > 1", 0, 16, "A comparison is no figure; choose one with if(condition, value, otherwise)."),
        ("1 < sales.orders < 3", 0, 20, "Compare two values at a time, and join comparisons with and."),
        ("sales.orders ** 2", 13, 2, 'There is no operator "**"; there are + - * and /.'),
        ("sales.orders // 2", 13, 2, 'There is no operator "//"; there are + - * and /.'),
        ("sales.orders = 2", 13, 1, '"=" isn\'t used in formulas. Did you mean "=="?'),
        ("sales.revenue * 5%", 17, 1, "There is no percent sign in formulas; write 0.05 for 5 %."),
        ("max(sales.orders, 1,000)", 20, 3, "A number doesn't begin with 0; write 1000, not 1,000."),
        ("sales.orders + 1,5", 16, 1, "A comma only stands between a function's arguments; numbers are written without."),
        ("sales.orders + 1e9", 15, 1, "Write a number as 1000 or 0.25, without letters or a second point."),
        ("sales.orders + 1.2.3", 15, 3, "Write a number as 1000 or 0.25, without letters or a second point."),
        ("sales.orders + 1234567890123456", 15, 16, "A number has at most 15 digits before the point and 10 after it."),
        ("sales.orders 'x'", 13, 1, '"\'" has no meaning in a formula.'),
        ("sales.orders[0]", 12, 1, '"[" has no meaning in a formula.'),
        ("sales.orders.", 0, 12, "A metric is written as its key, family.name, such as revenue.bookings."),
        ("sales.orders sales.profit", 13, 12, 'An operator such as + or / is missing before "sales.profit".'),
        ("sales.orders * / 2", 15, 1, 'A value is missing before "/".'),
        ("sales.orders +", 13, 1, "The formula ends too early: a value is missing."),
        ("(sales.orders", 0, 1, "This parenthesis is never closed."),
        ("sales.orders)", 12, 1, "This parenthesis closes nothing."),
        ("max(1, )", 7, 1, "A value is missing before this parenthesis."),
        ("1 if sales.orders > 1 else 2", 2, 2, 'An operator such as + or / is missing before "if".'),
        ("lambda", 0, 6, 'There is no metric "lambda".'),
        ("zz.__class__", 0, 12, 'There is no metric "zz.__class__".'),
        ("sales.orders.__class__", 0, 22, 'sales.orders has no part "__class__".'),
        ("rolling(sales.revenue, 1)", 23, 1, "The number of periods is written out, from 2 to 36."),
        ("rolling(sales.revenue, sales.orders)", 23, 12, "The number of periods is written out, from 2 to 36."),
        ("round(sales.revenue, 9)", 21, 1, "The number of decimals is written out, from 0 to 6."),
        ("target(sales.cycle.median)", 7, 18, "A metric has one target; leave out the part."),
        ("target(1)", 7, 1, "target() takes the key of a metric, such as revenue.bookings."),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(metrics: Metrics, text: str, at: int, length: int, sentence: str) -> None:
    with pytest.raises(WrongFormula) as caught:
        read_formula(text, metrics)
    assert (str(caught.value), caught.value.at, caught.value.length) == (sentence, at, length)


@pytest.mark.parametrize(
    "text",
    [
        "sales.orders + " * 2000 + "1",
        "(" * 150 + "sales.orders" + ")" * 150,
        "abs(" * 60 + "sales.orders" + ")" * 60,
        "-" * 250 + "sales.orders",
        "not " * 200 + "sales.orders > 1",
        " + ".join(["sales.orders"] * 70),
    ],
)
def test_what_is_long_or_deep_is_refused_at_once(metrics: Metrics, text: str) -> None:
    with pytest.raises(
        WrongFormula, match=r"nested too deeply|at most 1000 characters|too long|can't be read"
    ):
        read_formula(text, metrics)


def test_carets_stand_under_the_fault(metrics: Metrics) -> None:
    text = "sales.profit /\nsales.ordrs"
    with pytest.raises(WrongFormula) as caught:
        read_formula(text, metrics)
    assert caught.value.pointed(text) == "sales.profit / sales.ordrs\n               ^^^^^^^^^^^"
    assert caught.value.column == 16


def test_a_problem_speaks_the_readers_language(metrics: Metrics) -> None:
    said = {'There is no metric "{name}".': "Kein Maß «{name}».", 'Did you mean "{name}"?': "Etwa «{name}»?"}
    with pytest.raises(WrongFormula) as caught:
        read_formula("sales.ordrs", metrics)
    assert caught.value.sentence(said.__getitem__) == "Kein Maß «sales.ordrs». Etwa «sales.orders»?"


PIECES = st.sampled_from(
    ["sales.revenue", "sales.orders", "sales.cycle.median", "if", "max", "share", "rolling", "target", "not", "and",
     "or", "(", ")", ",", "+", "-", "*", "/", "<", "==", "=", "1", "0.5", "12a", ".", " ", "\n", "'", "[", "{", "#",
     "lambda", "None", "is", "in", "await", ":=", "**", "\0", "é", "۳", "\u202e", "f'{1}'", "\\", ";", "@", "_"]
)  # fmt: skip


@given(text=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_formula_or_a_clean_refusal(metrics: Metrics, text: str) -> None:
    read, problem = read_or_problem(text, metrics)
    if problem is not None:
        assert 0 <= problem.at <= len(text)
        assert problem.at + problem.length <= max(1, len(text)) + 1
        assert str(problem).endswith((".", "?"))
    else:
        assert same(read_formula(written(read.formula), metrics).formula, read.formula)


def read_or_problem(text: str, metrics: Metrics) -> tuple[Read | None, WrongFormula | None]:
    try:
        return read_formula(text, metrics), None
    except WrongFormula as problem:
        return None, problem


MONEY = st.sampled_from(
    ["sales.revenue", "sales.profit", "target(sales.revenue)", "2", "0.25", "sales.order_value"]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda pair: f"({pair[0]}) + {pair[1]}"),
        two.map(lambda pair: f"{pair[0]} - ({pair[1]})"),
        two.map(lambda pair: f"{pair[0]} - {pair[1]} * 3"),
        two.map(lambda pair: f"(sales.profit + {pair[0]}) / sales.orders - -({pair[1]})"),
        two.map(lambda pair: f"({pair[0]} - {pair[1]}) / (2 / 4)"),
        two.map(lambda pair: f"if(not ({pair[0]} < {pair[1]} or {pair[1]} != 1) and 1 > 0, {pair[0]}, 5)"),
        two.map(lambda pair: f"min({pair[0]}, coalesce({pair[1]}, 0), round({pair[0]}))"),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"-{one}"),
        inner.map(lambda one: f"previous({one})"),
        inner.map(lambda one: f"({one}) + share(sales.revenue) * sales.profit"),
    )


@given(text=st.recursive(MONEY, _grown, max_leaves=8))
@settings(max_examples=300, deadline=None)
def test_what_is_written_reads_back_the_same(metrics: Metrics, text: str) -> None:
    read, problem = read_or_problem(f"sales.revenue + ({text})", metrics)
    if problem is not None:
        assert re.search("deep|most|long", str(problem)), problem  # only its size may refuse one
        return
    formula = read.formula
    again = written(formula)
    assert same(read_formula(again, metrics).formula, formula)
    assert written(read_formula(again, metrics).formula) == again
