"""Worlds of the simulator: each has its trouble, and the people in it are counted all the same."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

import darksocial
from darksocial import Report, UsageError, data
from darksocial.cli._main import darksocial as command_line
from darksocial.evaluation import evaluate
from darksocial.simulation import simulate
from darksocial.simulation.worlds import CARRIER_NAT, FEW_ADDRESSES, worlds
from darksocial.visits.conduct import (
    CHANGES_AGENT,
    FROM_ITSELF,
    GUESSES_PASSWORDS,
    PROBES,
    REFERRER_SPAM,
)
from tests.accuracy import of_worlds
from tests.gate import series
from tests.test_worlds_in_logs import Rows, traffic

VISITS = 600
CYRILLIC = "\u0400-\u04ff"
REASON_OF_WORLD = {
    "changing-agents": CHANGES_AGENT,
    "form-spam": FROM_ITSELF,
    "password-guessing": GUESSES_PASSWORDS,
    "probes-answered": PROBES,
    "referrer-spam": REFERRER_SPAM,
}


def judged(folder: Path, world: str) -> tuple[Report, int]:
    """The report on a small log of a world, and how many visits of people it has."""
    made = simulate(folder / world, days=4, visits=VISITS, world=world)
    with darksocial.analyze(list(made.logs), secret="s") as analysis:
        return analysis.report, made.visits


@series("world", REASON_OF_WORLD, in_gate=1)
def test_the_machines_of_a_world_make_no_visits(tmp_path: Path, world: str) -> None:
    report, people = judged(tmp_path, world)
    assert REASON_OF_WORLD[world] in {row.name for row in report.bots}
    assert report.sessions == pytest.approx(people, rel=0.1)


def test_stealth_bots_are_likely_bots(tmp_path: Path) -> None:
    """They are six visits of ten; no rule names them."""
    report, people = judged(tmp_path, "stealth-bots")
    assert report.sessions > 2 * people
    assert report.likely_bots.sessions == pytest.approx(1.5 * VISITS, rel=0.1)
    assert report.sessions - report.likely_bots.sessions == pytest.approx(people, rel=0.1)


@pytest.mark.long
@series("world", [CARRIER_NAT, FEW_ADDRESSES], in_gate=1)
def test_people_behind_few_addresses_stay_people(tmp_path: Path, world: str) -> None:
    report, _people = judged(tmp_path, world)
    assert report.likely_bots.expected < 0.02 * report.sessions


def test_an_unknown_world_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="stealth"):
        simulate(tmp_path, world="stealth")
    assert not list(tmp_path.iterdir())


def lines_in(world: str, visits: int = VISITS) -> tuple[list[str], Rows]:
    """The lines of a log of a world, and the truth about its visits."""
    made = traffic(world, visits)
    return made.lines, made.rows("visit")


def count(lines: list[str], pattern: str) -> int:
    return sum(bool(re.search(pattern, line)) for line in lines)


def test_a_page_can_be_a_parameter() -> None:
    for world, page in (
        ("page-in-query", r"GET /\?p=\d+"),
        ("forum", r"GET /viewtopic\.php\?t=\d+"),
    ):
        lines, visits = lines_in(world)
        assert count(lines, page + " ") > len(visits) / 2
        assert count(lines, page + "&utm_source=") > 0
        assert any(re.match(page.removeprefix("GET "), str(visit["path"])) for visit in visits)


def test_servers_spell_the_same_path_in_three_ways() -> None:
    lines, visits = lines_in("encoded-paths")
    spelled = [count(lines, rf"GET /\w+/[^ ]*{word}") for word in ("%D0%", "%d0%", f"[{CYRILLIC}]")]
    assert min(spelled) > len(visits) / 10
    assert not count(lines, f'"https://www.example.org/[^"]*[{CYRILLIC}]')
    assert any("новости" in str(visit["path"]) for visit in visits)


def test_a_login_stands_before_the_page_for_fetchers_and_half_of_the_visits() -> None:
    lines, visits = lines_in("login-wall")
    articles = sum(str(visit["path"]).count("/") > 3 for visit in visits)
    asked = count(lines, r"POST /accounts/login/\?next=/")
    assert asked == pytest.approx(articles / 2, rel=0.2)
    fetches = count(lines, r'GET /(?!accounts|img)[^"]*" 302 - "-" "WhatsApp')
    assert fetches == count(lines, r'GET /accounts/login/\?next=[^"]*" 200 5120 "-" "WhatsApp') > 0
    assert not count(lines, r'" 200 (?!5120)[^"]*"-" "WhatsApp')


def test_shared_links_can_be_short_ones() -> None:
    lines, visits = lines_in("short-links")
    private = sum(visit["shared_from"] is not None for visit in visits)
    assert private <= count(lines, r'GET /a/\d+[^"]*" 301 .*Mozilla') < 2 * private
    assert count(lines, r'GET /a/\d+[^"]*" 301 .*WhatsApp') > 0


def test_people_who_pay_elsewhere_come_back() -> None:
    lines, visits = lines_in("payment-returns")
    usual, of_usual = lines_in("no-previews")
    assert visits == of_usual
    returned = count(lines, '"https://(www.paypal.com|checkout.stripe.com|3ds.bank.example)/"')
    assert returned > count(usual, '"https://www.paypal.com/"') + len(visits) / 20


@pytest.mark.long
def test_clicks_can_be_slow_and_come_all_at_once() -> None:
    def by_share(world: str) -> dict[str, int]:
        _lines, visits = lines_in(world, visits=2000)
        return Counter(str(v["shared_from"]) for v in visits if v["shared_from"])

    assert max(by_share("viral-day").values()) > 100
    assert max(by_share("slow-clicks").values()) < 50


def test_half_of_the_visits_can_be_those_of_a_newsletter_without_tags() -> None:
    _lines, visits = lines_in("newsletter")
    readers = [visit for visit in visits if visit["cause"] in {"email", "lost_email"}]
    assert {(visit["cause"], visit["query"], visit["referrer"]) for visit in readers} == {
        ("lost_email", None, None)
    }
    assert len(readers) == pytest.approx(len(visits) / 2, rel=0.15)


@pytest.mark.long
def test_visits_after_the_fetch_of_an_assistant_are_judged_as_sent_by_it(tmp_path: Path) -> None:
    """Without the fetches the same visits look like lost search, and more of them like shared."""
    made = simulate(tmp_path / "site", seed=3, days=4, visits=3000, world="assistants")
    [log] = made.logs
    without = tmp_path / "without.log"
    assistants = re.compile("|".join(row["pattern"] for row in data.read("assistant_fetchers")))
    lines = log.read_text().splitlines(keepends=True)
    without.write_text("".join(line for line in lines if not assistants.search(line)))
    truth = map(json.loads, made.truth.read_text().splitlines())
    visits = [row for row in truth if row["type"] == "visit"]
    sent = {(v["client_ip"], v["time"]) for v in visits if v["cause"] == "lost_ai"}

    def means(source: Path) -> tuple[float, float]:
        settings = darksocial.Settings(keep_identifiers=True)
        with darksocial.analyze([source], settings=settings, secret="s") as analysis:
            frame = analysis.to_pandas()
        times = frame.started_at.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        own = frame[[key in sent for key in zip(frame.client_ip, times, strict=True)]]
        assert len(own) > 0.9 * len(sent)
        return own.p_lost_ai.mean(), own.p_dark_social.mean()

    ai, dark = means(log)
    ai_without, dark_without = means(without)
    assert ai > 0.3 > 0.1 > ai_without
    assert dark < dark_without


def test_the_help_names_every_world() -> None:
    shown = CliRunner().invoke(command_line, ["simulate", "--help"]).output
    unbroken = re.sub(r"\s+", "", shown)
    assert {name for name in worlds() if name not in unbroken} == set()


def test_every_world_was_measured() -> None:
    """The count of each world, over its seeds, lies in its interval."""
    measured = of_worlds()
    assert set(measured) == {*worlds()}
    for runs in measured.values():
        dark = sum(run.dark for run in runs)
        assert sum(run.low for run in runs) <= dark <= sum(run.high for run in runs)
        assert sum(run.holds for run in runs) >= 0.8 * len(runs)


@pytest.mark.long
def test_the_truth_of_a_world_can_be_evaluated(tmp_path: Path) -> None:
    made = simulate(tmp_path / "site", days=4, visits=VISITS, world="form-spam")
    with darksocial.analyze(list(made.logs), secret="s") as analysis:
        analysis.write(tmp_path / "out")
    result = evaluate(tmp_path / "out", made.truth, "s")
    assert result.joined == pytest.approx(made.visits, rel=0.05)
