"""What people answer to how they heard of a site: how it is read, and how it moves the count."""

from pathlib import Path

import pytest

from darksocial import InputError, Model, Settings, UsageError, read_answers
from darksocial.campaigns.answers import origin_of
from darksocial.cli._prior import model_of
from darksocial.model.agreement import agree, agree_without_tables
from darksocial.model.answers import MIN_ANSWERS, SPREAD_OF_ANSWERS, Heard, heard
from darksocial.model.learning import PatternCount
from darksocial.model.lessons import Stated, lesson
from darksocial.model.losses import Loss
from darksocial.model.priors import starting_rates
from darksocial.model.recapture import Recapture
from darksocial.model.weighing import Lesson
from darksocial.report.lesson_rows import CountedTwice
from darksocial.report.taught import what_answers_lack, what_answers_say
from darksocial.signals import registry
from tests.logs import Hit, analyzed, asset

ANSWERS = """date,answer
2026-03-02,A friend sent me the link
2026-03-02,Google
2026-03-03,Ein Kollege
2026-03-03,"Facebook, or a friend"
2026-03-04,I don't remember
2026-03-04,
2024-03-04,Newsletter
"""
LOSSES = {"lost_search": Loss(20.0, 30.0, 150.0), "lost_social": Loss(0.0, 0.0, 100.0)}


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    file = tmp_path / "answers.csv"
    file.write_text(ANSWERS)
    return file


@pytest.mark.parametrize(
    ("answer", "origin"),
    [
        ("A friend sent me the link", "dark_social"),
        ("via WhatsApp", "dark_social"),
        ("Le bouche-à-oreille", "dark_social"),
        ("Suchmaschine", "search"),
        ("a Google search", "search"),
        ("E-Mail", "email"),
        ("Instagram/TikTok", "social"),
        ("ChatGPT told me", "ai"),
        ("a friend on Facebook", "other"),
        ("an amicable divorce", "other"),
        ("the radio", "other"),
    ],
)
def test_words_say_an_origin_and_two_origins_say_none(answer: str, origin: str) -> None:
    assert origin_of(answer, {}) == origin


def test_each_answer_of_a_year_counts_for_one_origin(answers: Path) -> None:
    assert read_answers(answers) == (("dark_social", 2), ("search", 1), ("other", 2))
    mapped = {"i DON'T  remember!": "social", "FACEBOOK or a friend": "social"}
    assert read_answers(str(answers), mapped) == (("dark_social", 2), ("search", 1), ("social", 2))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("day,answer\n2026-03-02,Google\n", "no columns date and answer"),
        ("date,answer\n2026-03-02,\n", "holds no answer"),
        ("date,answer\n3/2/2026,Google\n", "line 2: '3/2/2026' is no date"),
        ("date,answer\nyesterday,Google\n", "'yesterday' is no date"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "answers.csv").write_text(content)
    with pytest.raises(InputError, match=problem):
        read_answers(tmp_path / "answers.csv")


def test_an_origin_that_does_not_exist_is_refused_with_the_nearest(answers: Path) -> None:
    with pytest.raises(UsageError, match="'socials'") as refused:
        read_answers(answers, {"Facebook": "socials"})
    assert refused.value.expected and "social" in refused.value.expected
    with pytest.raises(UsageError, match="heard_from"):
        Model(heard_from=(("friends", 3),))
    with pytest.raises(UsageError, match="-1"):
        Model(heard_from=(("social", -1),))


def test_the_configuration_names_the_file_from_its_own_folder(answers: Path) -> None:
    file = answers.parent / "site.toml"
    file.write_text(
        '[model]\nheard_from = "answers.csv"\n[model.answers]\n"I don\'t remember" = "email"\n'
    )
    assert model_of(file).heard_from == (
        ("dark_social", 2),
        ("search", 1),
        ("email", 1),
        ("other", 1),
    )
    file.write_text('[model.answers]\nradio = "other"\n')
    with pytest.raises(UsageError, match="no file of answers"):
        model_of(file)


def test_answers_say_how_many_visits_are_dark_by_those_of_known_origin() -> None:
    spoken = heard(
        (("dark_social", 25), ("search", 60), ("social", 40), ("other", 99)), LOSSES, 50, 900
    )
    assert spoken
    assert spoken.visits_of_others == 350
    assert spoken.total == pytest.approx(350 * 25.5 / 100.5)
    assert SPREAD_OF_ANSWERS < spoken.spread < 1.1 * SPREAD_OF_ANSWERS
    few = (("dark_social", 5), ("search", MIN_ANSWERS - 6), ("other", 500))
    assert heard(few, LOSSES, 50, 900) is None
    assert heard((("dark_social", 25),), {}, 0.0, 900) is None
    most = heard((("dark_social", 90), ("search", 10)), LOSSES, 50, 900)
    assert most and most.total == 900


def test_the_count_moves_towards_the_answers_less_than_halfway() -> None:
    spoken, caught = Heard(50, 50, 400.0, 900), Recapture(100, 60, 60)
    without, with_answers = agree(90.0, 110.0, caught), agree(90.0, 110.0, caught, spoken)
    assert without.agreed < with_answers.agreed < (without.agreed * spoken.total) ** 0.5
    assert with_answers.spread > agree(90.0, 110.0, caught, Heard(50, 50, 100.0, 900)).spread
    alone = agree_without_tables(100.0, 0.9, spoken)
    assert (100 * spoken.total) ** 0.5 < alone.agreed < spoken.total
    assert agree_without_tables(100.0, 0.9, Heard(50, 50, 100.0, 900)).spread < 0.5


def test_a_site_that_taught_no_tables_learns_from_answers() -> None:
    rates = starting_rates(Model())
    assumed = {device: of_device for (kind, device), of_device in rates.items() if kind == "direct"}
    levels = ("",) * len(registry())
    rows = [
        PatternCount("mobile", 150.0, {"dark_social": 1.5, "direct": -1.0}, levels),
        PatternCount("desktop", 150.0, {"dark_social": -1.5}, levels),
    ]

    def taught(*answers: tuple[str, int], rates: bool = False) -> Lesson:
        return lesson(rows, assumed, [], Stated(rates, answers, {"lost_search": Loss(0, 0, 60)}))

    usual = taught()
    few = taught(("dark_social", 2), ("search", 98))
    many = taught(("dark_social", 50), ("search", 50))
    dark = [one.rates["mobile"]["dark_social"] for one in (few, usual, many)]
    assert dark == sorted(set(dark))
    assert usual.agreement is None
    assert taught(("dark_social", 50), ("search", 50), rates=True).rates == usual.rates


def test_the_report_takes_answers_into_account_and_says_so(tmp_path: Path) -> None:
    hits = []
    for n in range(450):
        referrer = "https://www.google.com/" if n % 3 == 0 else "-"
        hits += [
            Hit(n, f"/politics/page-{n % 40}/", f"198.51.{n // 250}.{n % 250}", referrer=referrer),
            asset(n, ip=f"198.51.{n // 250}.{n % 250}"),
        ]
    settings = Settings(model=Model(heard_from=(("dark_social", 40), ("search", 60))))
    with analyzed(tmp_path, hits, settings) as analysis:
        [row] = analysis.report.counted_twice
        assert row.by_answers and min(row.by_tables, row.by_answers) < row.agreed
        assert row.agreed < max(row.by_tables, row.by_answers)
        assert any("how they heard of" in note for note in analysis.report.notes)


def test_the_report_says_what_answers_say_and_what_they_lack() -> None:
    rows = [
        CountedTwice(None, 90.0, 110.0, 120.0, 0.5, 140.0, disagree=False, by_answers=400.0),
        CountedTwice("a.example", 9.0, 11.0, None, None, 14.0, disagree=False, by_answers=40.0),
        CountedTwice("b.example", 9.0, 11.0, None, None, 14.0, disagree=False),
    ]
    first, second = what_answers_say(rows)
    assert "about 400 visits" in first and "140 are" in first
    assert "a.example" in second
    assert what_answers_lack(()) == what_answers_lack((("search", 30),)) == ()
    assert "5 answers" in what_answers_lack((("search", 5), ("other", 90)))[0]
    assert "Of 95 answers" in what_answers_lack((("search", 90), ("other", 5)))[0]
