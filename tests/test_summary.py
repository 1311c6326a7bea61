"""The report against the sessions: every number in it can be found again in the written Parquet."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import darksocial
from darksocial import Analysis, Settings
from darksocial.lookups.channels import CHANNELS, DARK_SOCIAL
from darksocial.model.intervals import Z_90
from darksocial.model.weighing import CHANNEL_OF_CLASS, PROBABILITIES
from darksocial.report import summary_json
from darksocial.report.masked import MIN_MASKED_SESSIONS
from darksocial.report.values import Report
from darksocial.report.words import what_masking_shows
from darksocial.schema import ARRIVAL, MIN_LIKELY_BOT
from darksocial.visits.conditions import BOTS_LABEL, NOT_LOGGED_LABEL
from tests.logs import ARTICLE, Hit, analyzed

PUBLISHER = Path(__file__).parents[1] / "sample_logs" / "publisher"
LOGS = [str(PUBLISHER / "access.log*")]
KEPT = Settings(keep_identifiers=True)


@pytest.fixture(scope="module")
def analysis() -> Iterator[Analysis]:
    with darksocial.analyze(LOGS, settings=KEPT, secret="s") as result:
        yield result


@pytest.fixture(scope="module")
def report(analysis: Analysis) -> Report:
    return analysis.report


@pytest.fixture(scope="module")
def frame(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The sessions as they are written, with the probability of the booked channel."""
    out = tmp_path_factory.mktemp("summary") / "out"
    analysis.write(out)
    sessions = pd.read_parquet(out / "sessions")
    return sessions.assign(p_booked=1 - sessions[[*PROBABILITIES, "p_bot"]].sum(axis=1))


@pytest.fixture(scope="module")
def dark() -> dict[tuple[str, str, str], bool]:
    """Whether a visit was dark, by address, agent and time."""
    rows = map(json.loads, (PUBLISHER / "truth.jsonl").read_text().splitlines())
    return {
        (row["client_ip"], row["user_agent"], row["time"]): row["dark"]
        for row in rows
        if row["type"] == "visit"
    }


def test_totals(report: Report, frame: pd.DataFrame) -> None:
    assert report.sessions == len(frame) == frame.session_id.nunique() == frame.weight.sum()
    assert report.visitors == frame.visitor_id.nunique()
    assert report.pageviews == frame.pageviews.sum()
    assert report.started_at == frame.started_at.min()
    assert report.ended_at == frame.ended_at.max()


def test_channels_before_are_counts_and_after_are_sums(report: Report, frame: pd.DataFrame) -> None:
    counted = frame.channel_before.astype(str).mask(frame.began == "not_logged", NOT_LOGGED_LABEL)
    before = frame.groupby(counted.mask(frame.p_bot > MIN_LIKELY_BOT, BOTS_LABEL)).size()
    after = frame.groupby(counted).p_booked.sum()
    after[BOTS_LABEL] = frame.p_bot.sum()
    for name, channel in CHANNEL_OF_CLASS.items():
        after[channel] = after.get(channel, 0.0) + frame[f"p_{name}"].sum()
    rows = {row.channel: row for row in report.channels}
    assert {name: row.before for name, row in rows.items() if row.before} == before.to_dict()
    assert all(row.after == pytest.approx(after[name], abs=1e-6) for name, row in rows.items())
    assert sum(row.before for row in rows.values()) == report.sessions
    assert math.fsum(row.after for row in rows.values()) == pytest.approx(report.sessions)
    assert set(rows) <= {DARK_SOCIAL, *CHANNELS, NOT_LOGGED_LABEL, BOTS_LABEL}
    assert rows[DARK_SOCIAL].before == 0


def test_every_channel_has_the_interval_of_its_estimate(analysis: Analysis, report: Report) -> None:
    rows = {row.channel: row for row in report.channels}
    for row in rows.values():
        assert 0 <= row.low <= row.after <= row.high <= report.sessions
    dark, bots = report.dark_social, report.likely_bots
    assert (rows[DARK_SOCIAL].low, rows[DARK_SOCIAL].high) == pytest.approx((dark.low, dark.high))
    assert (rows[BOTS_LABEL].low, rows[BOTS_LABEL].high) == pytest.approx((bots.low, bots.high))
    visits = analysis.ask(lambda table: table.select("p_direct", "p_bot", "odds_factor"))
    weighed = visits.to_pandas()
    p, person = weighed.p_direct, 1 - weighed.p_bot.fillna(0)
    odds = (p / (person - p)).where(p > 0, 0.0)
    spread = Z_90 * math.sqrt((p * (1 - p)).sum())
    for shifted, bound in (
        (odds / weighed.odds_factor, rows["Direct"].low),
        (odds * weighed.odds_factor, rows["Direct"].high),
    ):
        away = math.hypot((person * shifted / (1 + shifted)).sum() - p.sum(), spread)
        assert abs(bound - p.sum()) == pytest.approx(away)


def test_channel_after_is_the_likeliest_cause(frame: pd.DataFrame) -> None:
    names = [*PROBABILITIES, "p_booked"]
    likeliest = frame[names].idxmax(axis=1)
    for verdict, name, booked in zip(
        frame.channel_after, likeliest, frame.channel_before, strict=True
    ):
        assert verdict == CHANNEL_OF_CLASS.get(name.removeprefix("p_"), booked)


def test_dark_social_is_the_sum_of_its_probabilities(report: Report, frame: pd.DataFrame) -> None:
    found = report.dark_social
    direct = frame[(frame.channel_before == "Direct") & (frame.began != "not_logged")]
    assert found.expected == pytest.approx(frame.p_dark_social.sum())
    assert found.direct_expected == pytest.approx(direct.p_dark_social.sum())
    assert found.direct_sessions == len(direct)
    assert found.share_of_direct == pytest.approx(direct.p_dark_social.mean())
    assert 0 <= found.low < found.expected < found.high <= report.sessions
    assert 0 <= found.direct_low < found.direct_expected < found.direct_high <= len(direct)
    assert found.direct_expected <= found.expected


def test_the_lower_bound_allows_for_known_visits_that_pass_for_dark(
    analysis: Analysis, report: Report
) -> None:
    names = ("channel_before", "began", "p_bot", "p_dark_social", "p_lost_search", "p_dark_masked")
    visits = analysis.ask(lambda table: table.select(*names, "odds_factor")).to_pandas()
    search, _social = report.masked_origins
    masked = visits.p_dark_masked[visits.channel_before == "Organic Search"]
    assert search.sessions == masked.count() >= MIN_MASKED_SESSIONS
    assert search.dark == pytest.approx(masked.mean())
    person = 1 - visits.p_bot.fillna(0.0)
    arrived = (visits.channel_before == "Direct") & (visits.began == ARRIVAL)
    direct = visits[arrived & (person >= 1 - MIN_LIKELY_BOT)]
    p, lost = direct.p_dark_social, direct.p_lost_search
    assert search.lost == pytest.approx(lost.sum())
    assert search.expected_dark == pytest.approx((lost * p / person).sum() / lost.sum())
    excess = search.dark - (search.expected_dark or 0.0)
    assert search.false_dark == pytest.approx(excess * search.lost)
    odds = p / (person - p) / direct.odds_factor
    away = p.sum() - (person * odds / (1 + odds)).sum()
    low = p.sum() - math.hypot(away, Z_90 * math.sqrt((p * (1 - p)).sum()))
    false = math.fsum(row.false_dark for row in report.masked_origins)
    assert false > 0
    assert report.dark_social.direct_low == pytest.approx(low - false)
    assert what_masking_shows(report.masked_origins)[0] in report.notes


def test_apps_share_out_all_dark_social(report: Report, frame: pd.DataFrame) -> None:
    expected = frame.fillna({"app": "-"}).groupby("app").p_dark_social.sum()
    rows = {row.app or "-": row.expected for row in report.apps}
    assert rows == pytest.approx(expected[expected > 0].to_dict())
    assert math.fsum(rows.values()) == pytest.approx(report.dark_social.expected)
    assert report.apps[-1].app is None
    named = [row.expected for row in report.apps[:-1]]
    assert named == sorted(named, reverse=True)


def test_pages_are_those_with_most_dark_social(report: Report, frame: pd.DataFrame) -> None:
    pages = frame.assign(direct=frame.channel_before == "Direct").groupby("landing_path")
    expected = pages.agg(
        sessions=("weight", "sum"), direct=("direct", "sum"), dark=("p_dark_social", "sum")
    )
    shown = report.pages
    for row in shown:
        of_page = expected.loc[row.path]
        assert (row.sessions, row.direct) == (of_page.sessions, of_page.direct)
        assert row.dark == pytest.approx(of_page.dark, abs=1e-6)
    assert [row.dark for row in shown] == sorted((row.dark for row in shown), reverse=True)
    others = expected.drop(index=[row.path for row in shown])
    assert others.dark.max() <= shown[-1].dark + 1e-6


def test_evidence_is_what_the_sessions_hold(report: Report, frame: pd.DataFrame) -> None:
    items = pd.DataFrame([item for rows in frame.evidence for item in rows])
    found = items.groupby(["signal", "note"]).log_odds.agg(["size", "mean"])
    assert report.evidence
    for row in report.evidence:
        n, mean = found.loc[(row.signal, row.note)]
        assert row.sessions == n
        assert row.log_odds == pytest.approx(mean)
    moved = [abs(row.sessions * row.log_odds) for row in report.evidence]
    assert moved == sorted(moved, reverse=True)


def test_every_line_is_accounted_for(report: Report, analysis: Analysis) -> None:
    for row in report.inputs:
        assert row.lines == row.hits + row.rejects + row.blanks
    assert sum(row.rejects for row in report.inputs) == analysis.rejects().num_rows
    assert sum(row.lines for row in report.rejects) == analysis.rejects().num_rows
    assert sum(row.bots for row in report.inputs) == sum(row.count for row in report.bots)
    assert sum(row.previews for row in report.inputs) == sum(row.count for row in report.previews)


@pytest.mark.long
def test_the_same_input_twice_gives_the_same_report_and_sessions(analysis: Analysis) -> None:
    with darksocial.analyze(LOGS, settings=KEPT, secret="s") as again:
        assert again.report == analysis.report
        assert again.summary() == analysis.summary()
        assert again.sessions().equals(analysis.sessions())


@pytest.mark.long
def test_another_secret_changes_names_and_nothing_else(analysis: Analysis) -> None:
    with darksocial.analyze(LOGS, settings=KEPT, secret="other") as other:
        assert other.report == analysis.report
        keys = ["visitor_id", "session_id"]
        frames = (a.to_pandas() for a in (analysis, other))
        order = ["started_at", "client_ip", "user_agent"]
        first, second = (f.sort_values(order, ignore_index=True) for f in frames)
    assert not set(first.visitor_id) & set(second.visitor_id)
    pd.testing.assert_frame_equal(first.drop(columns=keys), second.drop(columns=keys))


@pytest.mark.long
def test_a_log_of_machines_alone_has_an_empty_report(tmp_path: Path) -> None:
    with analyzed(tmp_path, [Hit(agent="curl/8.5.0")]) as analysis:
        report, rows = analysis.report, analysis.sessions().num_rows
    assert (report.sessions, report.visitors, report.pageviews, rows) == (0, 0, 0, 0)
    assert (report.channels, report.apps, report.pages, report.evidence) == ((), (), (), ())
    assert report.dark_social.expected == report.dark_social.high == 0
    assert report.dark_social.share_of_direct is None
    assert json.loads(json.dumps(summary_json.summary(report)))["sessions"] == 0


def test_the_app_is_the_one_that_the_evidence_names(tmp_path: Path) -> None:
    browser = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/145.0 Mobile Safari"
    hits = [
        Hit(0, ip="192.0.2.1", agent=f"{browser} WA4A/2.25"),
        Hit(1, ip="192.0.2.2", referrer="https://app.slack.com/"),
        Hit(2, f"{ARTICLE}?utm_source=telegram&utm_medium=share", ip="192.0.2.3"),
        Hit(3, ip="192.0.2.4", agent=f"{browser} [FB_IAB/FB4A;FBAV/500.0]"),
        Hit(4, ip="192.0.2.5"),
    ]
    with analyzed(tmp_path, hits) as analysis:
        apps: list[Any] = analysis.sessions().column("app").to_pylist()
    assert apps == ["whatsapp", "slack", "telegram", None, None]


def test_the_judgement_beats_the_rule_of_thumb(
    analysis: Analysis, frame: pd.DataFrame, dark: dict[tuple[str, str, str], bool]
) -> None:
    """The rule of thumb: every direct visit to a deep page is dark (The Atlantic, 2012)."""
    kinds = analysis.ask(
        lambda visits: visits.select("landing_path", "landing_kind").distinct()
    ).to_pandas()
    direct = frame[frame.channel_before == "Direct"].merge(kinds, on="landing_path")
    times = direct.started_at.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = list(zip(direct.client_ip, direct.user_agent, times, strict=True))
    known = [key in dark for key in keys]
    assert sum(known) > 0.95 * len(known)
    direct = direct[known].assign(dark=[dark[key] for key in keys if key in dark])
    deep = direct.landing_kind.isin(["article", "numbered"]).astype(float)
    judged, thumb = auc(direct.dark, direct.p_dark_social), auc(direct.dark, deep)
    assert judged > 0.75
    assert judged > thumb
    found = analysis.report.dark_social
    assert found.direct_low <= direct.dark.sum() <= found.direct_high


def auc(dark: pd.Series, score: pd.Series) -> float:
    """The chance that a dark visit scores above another one; ties count half."""
    lead = score[dark].to_numpy()[:, None] - score[~dark].to_numpy()[None, :]
    return float(((lead > 0) + 0.5 * (lead == 0)).mean())
