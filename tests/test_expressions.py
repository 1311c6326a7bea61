"""Expressions that are noted: they are built to what Ibis itself would have made."""

import os
import subprocess
import sys
from collections.abc import Callable
from operator import attrgetter
from typing import Any, cast

import ibis as real
import pytest

from darksocial.expressions import LazyExpression, built, ibis, ir, noted, parameter, table
from darksocial.expressions.compiled import compiled
from darksocial.expressions.lazy import digest_of

COLUMNS = {"visitor": "int64", "page": "string", "part": "float64"}
VISITS = table("visits", COLUMNS)
REAL = real.table(COLUMNS, name="visits")
DIGEST = """
from darksocial.expressions import table
from darksocial.expressions.lazy import digest_of
print(digest_of(table("visits", {"visitor": "int64", "page": "string"}).drop("page", "visitor")))
"""

# Each asks the same of lazy and of real expressions: the functions of Ibis, and a table.
QUESTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "columns": lambda f, t: t.select("page", t.visitor, n=t["part"]),
    "arithmetic": lambda f, t: t.mutate(
        a=t.part + 1, b=2 - t.part, c=t.part * t.visitor, d=1 / t.part, e=t.visitor // 2
    ),
    "reflected": lambda f, t: t.mutate(a=1 + t.part, b="?" + t.page, c=7 // t.visitor, d=-t.part),
    "conditions": lambda f, t: t.filter(
        (t.page == "/a") | ~(t.part < 0.5) & (t.visitor != 3), t.part >= 0, t.part <= 1
    ),
    "cases": lambda f, t: t.select(
        level=f.cases((t.part > 0.5, "high"), (t.part > 0.1, "low"), else_=None),
        least=f.least(t.part, f.literal(1.0)),
        none=f.null("string"),
    ),
    "windows": lambda f, t: t.mutate(
        n=t.part.sum().over(f.window(group_by=[t.page], order_by=t.visitor, range=(-5, 0))),
        place=f.row_number().over(group_by=t.page, order_by=[t.part.desc(), t.visitor]),
    ),
    "groups": lambda f, t: t.group_by("page").agg(
        n=t.count(), most=t.part.max(where=t.visitor > 1)
    ),
    "joins": lambda f, t: t.left_join(t.select("page", m="part"), ["page"]).drop("page_right"),
    "unions": lambda f, t: f.union(t.select("page"), t.select(page=t.page.lower()), distinct=True),
    "sets": lambda f, t: t.filter(t.page.isin(("/a", "/b")), t.visitor.isin({3, 1, 2})),
    "order": lambda f, t: t.order_by([t.part.desc(), "page"]).limit(5),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_what_is_built_is_what_ibis_would_have_made(question: Callable[[Any, Any], Any]) -> None:
    lazy = question(ibis, VISITS)
    assert isinstance(lazy, LazyExpression)
    assert built(cast(ir.Table, lazy)).equals(question(real, REAL))
    assert compiled(cast(ir.Table, lazy)) == compiled(question(real, REAL))


def test_what_differs_has_another_digest() -> None:
    expressions = [
        VISITS,
        table("views", COLUMNS),
        table("visits", COLUMNS | {"visitor": "int32"}),
        *(question(ibis, VISITS) for question in QUESTIONS.values()),
        VISITS.filter(VISITS.page == "/a"),
        VISITS.filter(VISITS.page == "/b"),
        VISITS.filter(VISITS.page != "/a"),
        VISITS.filter(VISITS.visitor == 1),
        VISITS.filter(VISITS.visitor == 1.0),
        VISITS.filter(VISITS.visitor == True),  # noqa: E712 - another value than 1
        VISITS.select("page", "visitor"),
        VISITS.select("visitor", "page"),
        VISITS.select(("visitor", "page")),
        VISITS.mutate(n=VISITS.visitor.sum().over(group_by=VISITS.page)),
        VISITS.mutate(n=VISITS.visitor.sum().over(order_by=VISITS.page)),
        VISITS.join(VISITS.view(), "visitor"),
        VISITS.left_join(VISITS.view(), "visitor"),
        noted(REAL),
        noted(REAL),
    ]
    digests = [digest_of(cast(LazyExpression, expression)) for expression in expressions]
    assert len(set(digests)) == len(expressions)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_digest_is_the_same_in_every_process(seed: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env=os.environ | {"PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    )
    dropped = table("visits", {"visitor": "int64", "page": "string"}).drop("page", "visitor")
    assert run.stdout.strip() == digest_of(cast(LazyExpression, dropped))


@pytest.mark.parametrize("expression", [VISITS, noted(REAL), VISITS.mutate(n=1).drop("n")])
def test_a_table_has_the_names_of_its_columns(expression: ir.Table) -> None:
    assert tuple(expression.columns) == tuple(COLUMNS)


def test_an_expression_has_no_value() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(VISITS.page == "/a")
    with pytest.raises(TypeError, match="no items"):
        list(VISITS.page)
    with pytest.raises(AttributeError):
        attrgetter("__len__")(VISITS)


def test_what_has_no_text_of_its_own_is_no_argument() -> None:
    with pytest.raises(TypeError, match="not an argument"):
        VISITS.mutate(n=lambda visits: visits.part)


@pytest.mark.parametrize("value", ["it's", "a\\b'", 5, 0.1, True])
def test_a_parameter_is_no_part_of_the_digest(value: str | float) -> None:
    kind = {str: "string", int: "int64", float: "float64", bool: "boolean"}[type(value)]
    asked, other = (
        VISITS.select(n=parameter("limit", each, kind)) for each in (value, type(value)())
    )
    assert digest_of(cast(LazyExpression, asked)) == digest_of(cast(LazyExpression, other))
    assert compiled(asked).sql != compiled(other).sql


def test_a_parameter_has_one_value() -> None:
    with pytest.raises(ValueError, match="two values', 'limit'"):
        VISITS.filter(
            VISITS.part > parameter("limit", 0.5, "float64"),
            VISITS.part < parameter("limit", 0.7, "float64"),
        )
