"""What a site's owner knows: rates, sending times, apps, countries; and how a file tells it."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from darksocial import Model, Settings, UsageError
from darksocial.cli._main import darksocial as command
from darksocial.cli._prior import model_of
from darksocial.lookups import apps
from darksocial.model.priors import base_rates, mix_of, starting_rates
from darksocial.visits.mailings import SLOT_SECONDS, look_up_mailings
from tests.logs import ARTICLE, Hit, analyzed

WHATSAPP = "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/133.0.0.0 Mobile WA4A/2.25.31"


def mailing(model: Model, moment: str) -> str | None:
    """What the sending times say of a moment (UTC)."""
    slot = int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()) // SLOT_SECONDS
    keys = pa.RecordBatch.from_pydict({"slot": [slot]})
    found: str | None = look_up_mailings(keys, model=model).column("mailing").to_pylist()[0]
    return found


@pytest.mark.parametrize(
    ("sent", "moment", "expected"),
    [
        ("07:30", "2026-03-03T06:30", "sent"),  # 07:30 in Berlin, in winter
        ("07:30", "2026-03-03T06:25", None),  # of the day before, almost a day ago
        ("07:30", "2026-03-03T10:25", "sent"),
        ("07:30", "2026-03-03T10:30", None),
        ("07:30", "2026-07-03T05:30", "sent"),  # the same in summer
        ("Tue 07:30", "2026-03-03T08:00", "sent"),
        ("Tue 07:30", "2026-03-04T06:25", None),
        ("Tue 07:30", "2026-03-04T06:30", "quiet"),
        ("Tue 07:30", "2026-03-10T06:25", "quiet"),
        ("Tue 07:30", "2026-03-10T06:30", "sent"),
    ],
)
def test_sending_times(sent: str, moment: str, expected: str | None) -> None:
    assert mailing(Model(newsletter=(sent,), timezone="Europe/Berlin"), moment) == expected


def test_the_latest_of_several_mailings_counts() -> None:
    model = Model(newsletter=("Mon 08:00", "Wed 08:00"))
    assert mailing(model, "2026-03-04T09:00") == "sent"
    assert mailing(model, "2026-03-03T09:00") == "quiet"


def test_known_rates_leave_the_others_their_proportions() -> None:
    told = starting_rates(Model(rates=(("dark_social", 0.2), ("lost_ai", 0.1))))
    for key, rates in told.items():
        table = base_rates()[key]
        assert sum(rates.values()) == pytest.approx(1)
        if key[0] == "booked":
            assert rates == table
            continue
        assert (rates["dark_social"], rates["lost_ai"]) == (0.2, 0.1)
        assert rates["direct"] / rates["lost_search"] == pytest.approx(
            table["direct"] / table["lost_search"]
        )


def test_without_known_rates_the_table_stands() -> None:
    for key, rates in starting_rates(Model()).items():
        assert rates == pytest.approx(base_rates()[key])


def test_known_rates_move_the_estimate(tmp_path: Path) -> None:
    hits = [Hit(n * 60, ARTICLE, f"192.0.2.{n}") for n in range(40)]
    few, many = (
        analyzed(tmp_path, hits, Settings(model=Model(rates=(("dark_social", rate),))))
        for rate in (0.02, 0.4)
    )
    with few, many:
        assert many.report.dark_social.expected > 3 * few.report.dark_social.expected


@pytest.mark.parametrize(
    ("named", "model", "expected"),
    [
        ({}, Model(), {}),
        ({"slack": 30.0, "teams": 10.0}, Model(), {"slack": 0.75, "teams": 0.25}),
        ({"slack": 30.0, "teams": 10.0}, Model(countries=("DE",)),
         {"slack": 0.6, "teams": 0.2, "whatsapp": 0.2}),
        ({"slack": 30.0, "teams": 10.0}, Model(apps=("teams",)), {"teams": 1.0}),
        ({}, Model(countries=("US", "JP")), {"messenger": 0.5, "line": 0.5}),
        ({}, Model(apps=("signal",), countries=("US",)), {"signal": 1.0}),
    ],
)  # fmt: skip
def test_mixes_by_hand(named: dict[str, float], model: Model, expected: dict[str, float]) -> None:
    assert mix_of(named, model) == pytest.approx(expected)


def test_every_country_has_an_app_that_there_is() -> None:
    assert {apps.leading_app(country) for country in apps.countries()} <= set(apps.names())
    assert list(apps.countries()) == sorted(apps.countries())


@pytest.mark.long
def test_the_report_shares_out_what_no_app_is_named_for(tmp_path: Path) -> None:
    named = [Hit(n * 60, ARTICLE, f"192.0.2.{n}", WHATSAPP) for n in range(60)]
    others = [Hit(n * 60 + 30, ARTICLE, f"198.51.100.{n}") for n in range(60)]
    with analyzed(tmp_path, [*named, *others]) as analysis:
        whatsapp, unknown = analysis.report.apps
    assert (whatsapp.app, unknown.app, unknown.by_mix) == ("whatsapp", None, None)
    assert whatsapp.by_mix == pytest.approx(whatsapp.expected + unknown.expected)


@pytest.mark.long
def test_few_named_visits_are_no_mix(tmp_path: Path) -> None:
    hits = [Hit(0, agent=WHATSAPP), Hit(100, ip="192.0.2.9")]
    with analyzed(tmp_path, hits) as analysis:
        assert [row.by_mix for row in analysis.report.apps] == [None, None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('newsletter = ["7:30"]', "is not a sending time"),
        ('newsletter = ["Die 07:30"]', "is not a sending time"),
        ('newsletter = "07:30"', "a list of texts"),
        ("apps = [1]", "a text"),
        ('apps = ["pigeon"]', "pigeon"),
        ('countries = ["Germany"]', "Germany"),
        ('timezone = "Berlin"', "time zone"),
        ('newsleter = ["07:30"]', "newsletter"),
        ("rates = 0.2", "a table"),
        ("[model.rates]\ndark = 0.2", "dark"),
        ('[model.rates]\ndark_social = "much"', "a proportion"),
        ("[model.rates]\ndark_social = 20", "a proportion"),
        ("[model.rates]\ndark_social = 0.6\ndirect = 0.5", "add up"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "prior.toml"
    path.write_text(f"[model]\n{text}\n")
    with pytest.raises(UsageError, match=message):
        model_of(path)


def test_a_file_without_the_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prior.toml"
    path.write_text("apps = []\n")
    with pytest.raises(UsageError, match="has no table \\[model\\]"):
        model_of(path)


def test_a_file_says_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "prior.toml"
    path.write_text(
        '[model]\nnewsletter = ["Tue 07:30"]\ntimezone = "Europe/Berlin"\napps = ["signal"]\n'
        'countries = ["DE"]\n[model.rates]\ndark_social = 0.15\n'
    )
    assert model_of(path) == Model(
        (("dark_social", 0.15),), ("Tue 07:30",), "Europe/Berlin", ("signal",), ("DE",)
    )
    assert model_of(None) == Model()


@pytest.mark.long
def test_the_configuration_and_the_option_say_the_same(tmp_path: Path) -> None:
    log, told = tmp_path / "access.log", tmp_path / "site.toml"
    log.write_text("".join(Hit(n * 60, ip=f"192.0.2.{n}").line + "\n" for n in range(30)))
    told.write_text("[model.rates]\ndark_social = 0.4\n")
    outputs = []
    for before, after in (
        ([], []),
        ([], ["--prior-file", str(told)]),
        (["--config", str(told)], []),
    ):
        out = ["--out", str(tmp_path / "out"), "--report", "json", "--quiet"]
        result = CliRunner().invoke(command, [*before, "analyze", str(log), *out, *after])
        assert result.exit_code == 0, result.output
        outputs.append(result.stdout)
    assert outputs[0] != outputs[1] == outputs[2]
