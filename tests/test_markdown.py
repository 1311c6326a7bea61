"""Markdown: text from a log is escaped, and darksocial's own words are as they are."""

from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from darksocial import Checked
from darksocial.checking.results import Result
from darksocial.checks import Outcome, Place, registry
from darksocial.outputs.checks import markdown as checks_markdown
from darksocial.outputs.day import markdown as day_markdown
from darksocial.outputs.markdown import escaped
from tests.test_day_outputs import report_of
from tests.test_terminal import report

CHECKS = """\
## darksocial check: failed

2 checks: 1 failed, 1 warning.

### ❌ dark_share

The mean of p_dark_social is out of bounds.

- actual: 90%
- allowed: at most 80%
- at utm_source: 'a_b' 3 sessions
- at &#95;a_b&#95; &#96;x&#96; &#35;&#35;&#91;error&#93;
- try: `darksocial store verify STORE` shows what p_dark_social rests on

### ⚠️ page /a_b/&#95;c&#95;/&#96;d&#96;

A page's sessions are out of bounds.

- actual: sessions 0
- allowed: sessions at least 5
- try: `darksocial explain DIR --page PATH` shows the page's visits over time

<details><summary>All checks</summary>

|  | check | actual | allowed |
| --- | --- | --- | --- |
| ❌ | dark_share | 90% | at most 80% |
| ⚠️ | page /a_b/&#95;c&#95;/&#96;d&#96; | sessions 0 | sessions at least 5 |

</details>
"""


def test_checks_are_as_agreed() -> None:
    places = (Place("utm_source: 'a_b' 3 sessions"), Place("_a_b_ `x` ##[error]"))
    dark = Result(
        "dark_share", "", "error", "The mean of p_dark_social is out of bounds.",
        Outcome(False, "90%", "at most 80%", places),
        "`darksocial store verify STORE` shows what p_dark_social rests on",
    )  # fmt: skip
    page = Result(
        "page", "/a_b/_c_/`d`", "warning", "A page's sessions are out of bounds.",
        Outcome(False, "sessions 0", "sessions at least 5"), registry()["page"].advice,
    )  # fmt: skip
    assert checks_markdown.text(Checked(report(), (dark, page))) == CHECKS


def test_the_advice_of_no_check_needs_an_escape() -> None:
    """What checks say by themselves is no markup but code in backticks, in pairs."""
    for name, check in registry().items():
        page = MarkdownIt("gfm-like", {"linkify": False}).renderInline(check.advice)
        assert page.replace("<code>", "").replace("</code>", "") == (
            check.advice.replace("`", "").replace("<", "&lt;").replace("&", "&amp;")
        ), name


def test_a_day_shows_its_own_words_as_they_are(tmp_path: Path) -> None:
    day = report_of(tmp_path, "/my_page/_x_/`y`")
    note = "Two days are damaged: `darksocial store verify` names them, and p_dark_social is null."
    lines = day_markdown.text(replace(day, notes=(note,))).splitlines()
    assert note in lines
    [page] = [line for line in lines if line.startswith("- /my_page")]
    assert page.startswith("- /my_page/&#95;x&#95;/&#96;y&#96;: 36 dark visits, the page is new")
    [command] = [line for line in lines if "--page" in line]
    assert command == (
        "  darksocial explain darksocial-store --page '/my_page/&#95;x&#95;/&#96;y&#96;'"
    )


def test_a_subject_that_is_empty_or_like_our_words_is_harmless(tmp_path: Path) -> None:
    day = report_of(tmp_path)
    standout = replace(day.standouts[0], subject="", told=": 36 dark visits")
    assert "- : 36 dark visits  " in day_markdown.text(replace(day, standouts=(standout,)))


@pytest.mark.parametrize("text", ["_a", "a_", "a__b", "_", "é_a", "a_ b", "a/_b_/c", "*_a_*"])
def test_underscores_that_could_begin_emphasis_are_escaped(text: str) -> None:
    assert "_" not in escaped(text)
    assert MarkdownIt().renderInline(escaped(text)) == text


@pytest.mark.parametrize("text", ["utm_source", "a_b_c", "/my_page/x_1"])
def test_underscores_inside_words_are_as_they_are(text: str) -> None:
    assert escaped(text) == text
    assert MarkdownIt().renderInline(text) == text
