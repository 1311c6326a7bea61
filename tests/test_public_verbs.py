"""What the public functions take: a name as a text or a Path, or several; and what they refuse."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import darksocial
from darksocial.errors import UsageError
from tests.logs import Hit

NAMES = "names", "a name, as a text or a Path, or a list of such names"
A_PLACE = "a name, as a text or a Path"
VALUES = {
    "Breakdown": {"by": 5, "top": "3"},
    "Goal": {"path": 1, "status": "200", "value": "5"},
    "Model": {"rates": 0.3, "newsletter": 7, "timezone": None, "apps": [1], "countries": {"DE": 1}},
    "Policy": {"retention_days": "30", "since": "2026-03-01", "until": 5, "dry_run": "yes"},
    "ReadSettings": {"format": 1, "map": {"time": "ts"}, "timezone": 1, "time_format": 3},
    "Resources": {"memory_limit": 2_000, "threads": "2", "engine": None, "master": 1},
    "Selection": {"since": 7, "until": 1.5, "only": "path=/", "zone": None},
    "Settings": {"session_timeout": "30", "site": 5, "goals": "path=/", "model": {}},
}
"""The frozen values, with fields of the wrong type."""
RESULTS = {
    "Analysis",
    "CampaignReport",
    "Checked",
    "DayReport",
    "Hits",
    "PartnerReport",
    "Report",
}
ERRORS = {"DarkSocialError", "InputError", "OutputError", "UsageError"}
LISTS = {"formats", "signals"}


class World(NamedTuple):
    """A log in a folder, an analysis of it, a simulation, a store, and files of two kinds."""

    log: Path
    out: Path
    made: Path
    store: Path
    partners: Path
    answers: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("public")
    log, out, made, store = (folder / name for name in ("a.log", "out", "made", "store"))
    log.write_text("".join(f"{Hit(n, f'/p{n}').line}\n" for n in range(3)), "utf-8")
    darksocial.simulate(made, days=1, visits=30)
    (made / "ids.log").write_text(f"{Hit(path='/p?sh=aaaaa.1.aaaaa.c').line}\n", "utf-8")
    with darksocial.analyze(made / "access.log", secret="s") as analysis:
        analysis.write(out)
    darksocial.nightly(log, store, secret="s", now=now)
    partners = folder / "partners.csv"
    partners.write_text("partner,link\nanna,/p1\n", "utf-8")
    answers = folder / "answers.csv"
    answers.write_text("date,answer\n2026-03-02,Google\n", "utf-8")
    return World(log, out, made, store, partners, answers)


def now() -> datetime:
    """The time of every case."""
    return datetime(2026, 6, 1, tzinfo=UTC)


def hits(*arguments: Any, **named: Any) -> int:
    """How many hits `parse` finds."""
    with darksocial.parse(*arguments, **named) as parsed:
        return parsed.table().num_rows


Verb = Callable[..., Any]
TAKEN: dict[str, Callable[[World], Any]] = {
    "analyze": lambda w: darksocial.analyze(str(w.log)).close(),
    "campaigns": lambda w: darksocial.campaigns(str(w.out)),
    "check": lambda w: darksocial.check(w.log),
    "compare": lambda w: darksocial.compare(w.out, str(w.out)),
    "day_report": lambda w: darksocial.day_report(str(w.store), now=now),
    "evaluate": lambda w: darksocial.evaluate(str(w.out), str(w.made / "truth.jsonl"), "s"),
    "evaluate_by_ids": lambda w: darksocial.evaluate_by_ids(w.made / "ids.log"),
    "evaluate_masked": lambda w: darksocial.evaluate_masked(str(w.made / "access.log")),
    "explain": lambda w: darksocial.explain(str(w.out)),
    "link": lambda w: darksocial.link("https://www.example.org/story", to="copy"),
    "nightly": lambda w: darksocial.nightly(w.log, str(w.store), secret="s", now=now),
    "page": lambda w: darksocial.page(str(w.out), place=str(w.out.parent / "page.html")),
    "parse": lambda w: darksocial.parse([w.log]).close(),
    "partners": lambda w: darksocial.partners(str(w.out), partners=str(w.partners)),
    "read_answers": lambda w: darksocial.read_answers(str(w.answers)),
    "recognise": lambda w: darksocial.recognise(w.log),
    "save": lambda w: darksocial.save(
        darksocial.day_report(w.store, now=now), "markdown", str(w.store.parent / "day.md")
    ),
    "shares": lambda w: darksocial.shares(str(w.out)),
    "simulate": lambda w: darksocial.simulate(str(w.made), days=1, visits=30),
    "snippet": lambda w: darksocial.snippet(paths="/news/*"),
    "stored_report": lambda w: darksocial.stored_report(str(w.out)),
    "survey": lambda w: darksocial.survey(w.log.parent),
}
"""Each verb with names as they are typed."""
REFUSED: list[tuple[str, tuple[Any, ...], dict[str, Any], str, str]] = [
    ("analyze", (5,), {}, *NAMES),
    ("analyze", (None,), {}, *NAMES),
    ("analyze", (b"a.log",), {}, *NAMES),
    ("analyze", ({"a.log": 1},), {}, *NAMES),
    ("analyze", (io.StringIO("a.log"),), {}, *NAMES),
    ("analyze", (["a.log", 5],), {}, "one of names is 5", A_PLACE),
    ("analyze", ("a\0.log",), {}, "one of names is 'a\\x00.log'", A_PLACE),
    ("analyze", ("a.log",), {"read": "combined"}, "read is 'combined' (str)", "a ReadSettings"),
    ("analyze", ("a.log",), {"settings": {}}, "settings is {} (dict)", "a Settings of"),
    ("analyze", ("a.log",), {"secret": 5}, "the secret behind visitor ids is of type int", "text"),
    ("analyze", ("a.log",), {"watch": 5}, "watch is 5 (int)", "a function"),
    ("analyze", ("a.log",), {"alter": 5}, "alter is 5 (int)", "a function"),
    ("analyze", ("a.log",), {"selection": 5}, "selection is 5 (int)", "a Selection"),
    ("analyze", ("a.log",), {"resources": 5}, "resources is 5 (int)", "a Resources"),
    ("campaigns", (5,), {}, "out is 5 (int)", A_PLACE),
    ("campaigns", ("out",), {"costs": 5}, *NAMES),
    ("campaigns", ("out",), {"by": 5}, "by is 5 (int)", "a text"),
    ("campaigns", ("out",), {"lookback": "30"}, "lookback is '30' (str)", "a whole number"),
    ("campaigns", ("out",), {"margin": "half"}, "margin is 'half' (str)", "a number"),
    ("check", (5,), {}, *NAMES),
    ("check", ("a.log",), {"rules": "rules.toml"}, "rules is 'rules.toml'", "a dictionary"),
    ("check", ("a.log",), {"baseline": Path("b")}, "baseline is", "a dictionary or None"),
    ("check", ("a.log",), {"now": date(2026, 3, 1)}, "now is", "a datetime.datetime"),
    ("compare", (5, "out"), {}, "first is 5 (int)", A_PLACE),
    ("compare", ("out", ["out"]), {}, "second is ['out'] (list)", A_PLACE),
    ("day_report", (5,), {"now": now}, "store is 5 (int)", A_PLACE),
    ("day_report", ("s", "2026-03-01"), {"now": now}, "day is '2026-03-01'", "a datetime.date"),
    ("day_report", ("s",), {"now": now()}, "now is", "a function that returns the time"),
    ("evaluate", (None, "truth", "s"), {}, "out is None", A_PLACE),
    ("evaluate", ("out", ["truth"], "s"), {}, "truth_file is ['truth'] (list)", A_PLACE),
    ("evaluate", ("out", "truth", None), {}, "secret behind visitor ids is of type None", "text"),
    ("evaluate_by_ids", (5,), {}, *NAMES),
    ("evaluate_by_ids", ("a.log",), {"settings": 5}, "settings is 5", "a Settings"),
    ("evaluate_masked", (5,), {}, *NAMES),
    ("evaluate_masked", ("a.log",), {"settings": 5}, "settings is 5", "a Settings"),
    ("explain", (["out"],), {}, "out is ['out'] (list)", A_PLACE),
    ("explain", ("",), {}, "out is ''", A_PLACE),
    ("explain", ("out",), {"top": "5"}, "top is '5' (str)", "a whole number"),
    ("explain", ("out",), {"page": 5}, "page is 5 (int)", "a text or None"),
    ("link", (5,), {}, "urls is 5 (int)", "an address"),
    ("link", ("https://a.example/",), {"to": 5}, "to is 5 (int)", "a text, or a list of texts"),
    ("link", ("https://a.example/",), {"qr": "yes"}, "qr is 'yes' (str)", "True or False"),
    ("nightly", (5, "s"), {"secret": "s", "now": now}, *NAMES),
    ("nightly", ("a.log", 5), {"secret": "s", "now": now}, "store is 5", A_PLACE),
    ("nightly", ("a.log", "s"), {"secret": 5, "now": now}, "of type int", "a text"),
    ("nightly", ("a.log", "s"), {"secret": "s", "now": now()}, "now is", "a function that"),
    ("nightly", ("a.log", "s"), {"secret": "s", "now": now, "policy": {}}, "policy", "a Policy"),
    ("page", (5,), {}, "out is 5 (int)", A_PLACE),
    ("page", ("out",), {"selection": 5}, "selection is 5 (int)", "a Selection"),
    ("page", ("out",), {"breakdown": 5}, "breakdown is 5 (int)", "a Breakdown"),
    ("page", ("out",), {"title": 5}, "title is 5 (int)", "a text or None"),
    ("page", ("out",), {"with_paths": "no"}, "with_paths is 'no' (str)", "True or False"),
    ("page", ("out",), {"place": 5}, "place is 5 (int)", A_PLACE),
    ("parse", (5,), {}, *NAMES),
    ("parse", ("a.log",), {"keep_identifiers": "yes"}, "keep_identifiers is", "True or False"),
    ("partners", (5,), {"partners": "p.csv"}, "out is 5 (int)", A_PLACE),
    ("partners", ("out",), {"partners": 5}, "partners is 5 (int)", A_PLACE),
    ("partners", ("out",), {"partners": "p", "margin": "half"}, "margin is 'half'", "a number"),
    ("read_answers", (5,), {}, "path is 5 (int)", A_PLACE),
    ("read_answers", ("a.csv",), {"origins": "friend"}, "origins is 'friend'", "a dictionary"),
    ("recognise", (5,), {}, *NAMES),
    ("save", (5, "csv", "out"), {}, "result is 5 (int)", "a Analysis of darksocial or a DayReport"),
    ("shares", (5,), {}, "out is 5 (int)", A_PLACE),
    ("shares", ("out",), {"page": 5}, "page is 5 (int)", "a text or None"),
    ("simulate", (5,), {}, "out is 5 (int)", A_PLACE),
    ("simulate", ("",), {}, "out is ''", A_PLACE),
    ("simulate", ("out",), {"days": "3"}, "days is '3' (str)", "a whole number"),
    ("simulate", ("out",), {"visits": True}, "visits is True (bool)", "a whole number"),
    ("simulate", ("out",), {"start": "2026-03-01"}, "start is", "a datetime.date"),
    ("simulate", ("out",), {"vary": "2"}, "vary is '2' (str)", "a number"),
    ("simulate", ("out",), {"seed": 1.5}, "seed is 1.5 (float)", "a whole number"),
    ("simulate", ("out",), {"site": 5}, "site is 5 (int)", "a text"),
    ("snippet", (), {"level": 5}, "there is no level 5", "one of full"),
    ("snippet", (), {"beacon": 5}, "beacon is 5 (int)", "a text or None"),
    ("snippet", (), {"paths": 5}, "paths is 5 (int)", "a text, or a list of texts"),
    ("stored_report", (5,), {}, "out is 5 (int)", A_PLACE),
    ("stored_report", ("out",), {"selection": 5}, "selection is 5 (int)", "a Selection"),
    ("stored_report", ("out",), {"breakdown": 5}, "breakdown is 5 (int)", "a Breakdown"),
    ("survey", (5,), {}, *NAMES),
]
"""A verb, its arguments, what the error says was seen, and what it says is wanted."""


def test_every_public_name_has_its_cases() -> None:
    verbs = set(TAKEN)
    assert {name for name, *_ in REFUSED} == verbs
    assert verbs | set(VALUES) | RESULTS | ERRORS | LISTS == set(darksocial.__all__)


LONG = {"check", "evaluate_by_ids", "evaluate_masked"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.long] if n in LONG else []) for n in TAKEN]
)
def test_a_verb_takes_names_as_they_are_typed(name: str, world: World) -> None:
    TAKEN[name](world)


@pytest.mark.parametrize(("name", "arguments", "named", "seen", "expected"), REFUSED)
def test_a_verb_says_what_it_wants(
    name: str, arguments: tuple[Any, ...], named: dict[str, Any], seen: str, expected: str
) -> None:
    with pytest.raises(UsageError) as refused:
        getattr(darksocial, name)(*arguments, **named)
    assert seen in refused.value.problem
    assert expected in refused.value.expected


def spelled(log: Path) -> Iterator[Any]:
    """One log in all the ways that somebody types it."""
    yield from (str(log), log, [str(log)], [log], (log,), {log}, log.parent.glob("a.log"))
    yield from (str(log.parent / "*.log"), [log, str(log)])


def test_a_name_may_be_typed_in_many_ways(world: World) -> None:
    ways = list(spelled(world.log))
    assert len(ways) == 9
    assert {tuple(r.path for r in darksocial.recognise(way)) for way in ways} == {(str(world.log),)}
    assert hits(str(world.log)) == hits(world.log) == hits([world.log]) == 3


@pytest.mark.long
def test_results_are_written_to_names_as_they_are_typed(world: World, tmp_path: Path) -> None:
    with darksocial.parse(world.log) as parsed:
        parsed.write(str(tmp_path / "hits.parquet"), str(tmp_path / "rejects.parquet"))
        with pytest.raises(UsageError, match="rejects is ''"):
            parsed.write(tmp_path / "hits.parquet", "")
    assert {path.name for path in tmp_path.iterdir()} == {"hits.parquet", "rejects.parquet"}
    with darksocial.analyze(world.log) as analysis:
        analysis.write(str(tmp_path / "out"))
        with pytest.raises(UsageError, match="out is None"):
            analysis.write(None)  # type: ignore[arg-type]
    assert (tmp_path / "out" / "summary.json").is_file()


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [(kind, field, value) for kind, fields in VALUES.items() for field, value in fields.items()],
)
def test_a_value_says_what_its_field_wants(kind: str, field: str, value: object) -> None:
    with pytest.raises(UsageError, match=rf"{field} is .*\nExpected: ."):
        getattr(darksocial, kind)(**{field: value})


def test_a_field_of_several_takes_one_and_lists() -> None:
    one = darksocial.Settings(site="example.org", goals=darksocial.Goal("/thanks"))  # type: ignore[arg-type]
    listed = darksocial.Settings(site=["example.org"], goals=[darksocial.Goal("/thanks")])  # type: ignore[arg-type]
    assert one == listed == darksocial.Settings(site=("example.org",), goals=one.goals)
    assert one.goals == (darksocial.Goal("/thanks"),)
    model = darksocial.Model(rates={"dark_social": 0.4})  # type: ignore[arg-type]
    assert model == darksocial.Model(rates=(("dark_social", 0.4),))
