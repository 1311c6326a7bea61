"""Each check's cases: files, a rule, and whether the check passes."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import darksocial
from darksocial import Analysis, Settings
from darksocial.analysis import ask_noted, ask_noted_requests
from darksocial.checking.results import Result, evaluated
from darksocial.checking.rules import rules_of
from darksocial.checks import CampaignReturn, Facts, documentation, registry
from darksocial.expressions import ir
from tests.logs import ARTICLE, BROWSER, START, Hit

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/133.0.0.0 Mobile Safari/537.36"
)
WHATSAPP = f"{PHONE} WA4A/2.25.31"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
OTHERS = "198.51.100"
NOW = START + timedelta(days=60)
DAY, HOUR = 1440, 60
SEARCH, WEBMAIL = "https://www.google.com/", "https://mail.google.com/"
TAGS = "utm_source=nl&utm_medium=email"
Alter = Callable[[ir.Table], ir.Table]
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Case:
    """What is read, what the rule says, whether it passes, and what is told where it does not."""

    check: str
    passes: bool | None
    files: Files
    rule: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""
    alter: Alter = lambda visits: visits
    campaigns: Sequence[CampaignReturn] | None = None


def log(hits: Sequence[Hit], *others: str) -> Files:
    """A combined log of hits, with other lines at the end."""
    lines = [*(hit.line for hit in hits), *others]
    return {"access.log": "".join(f"{line}\n" for line in lines).encode()}


def visits(count: int, path: str = ARTICLE, net: str = "192.0.2", **hit: Any) -> list[Hit]:
    """Visits by as many people, a minute apart."""
    return [Hit(n, path, f"{net}.{n % 250 + 1}", **hit) for n in range(count)]


def hourly(days: int, each: int, *, silent: Callable[[int], bool]) -> Files:
    """So many visitors in every hour of some days, but in hours that are silent."""
    return log(
        [
            Hit(hour * HOUR + n, ip=f"192.0.2.{n + 1}")
            for hour in range(days * 24)
            if not silent(hour)
            for n in range(each)
        ]
    )


def cut_short() -> Files:
    packed = gzip.compress(log(visits(400))["access.log"])
    return {"access.log.gz": packed[: len(packed) - 40]}


def too_sure(visits: ir.Table) -> ir.Table:
    return visits.mutate(p_direct=visits.p_direct + 0.5)


def with_ids(given: int, generation: int = 1, *, back: int) -> Files:
    """A log of 60 page views, with as many ids as are `given`; `back` of them come back."""
    ids = [f"a{n:04}.{generation}.{'ab'[generation > 1]}{n:04}.c" for n in range(60)]
    return in_order(
        *visits(60),
        *(Hit(100 + n, f"/ds.txt?sh={ids[n]}", f"192.0.2.{n + 1}") for n in range(given)),
        *(Hit(200 + n, f"{ARTICLE}?sh={ids[n]}", OTHERS + f".{n + 1}") for n in range(back)),
    )


CROWD = [Hit(n, agent=f"{BROWSER} Variant/{n % 12}") for n in range(120)]
MONITORS = [Hit(n, agent=f"{CRAWLER} Variant/{n % 12}") for n in range(1200)]
TAGGED = f"{ARTICLE}?{TAGS}"
RESTS_AT_NIGHT = {"days": 4, "each": 20, "silent": lambda hour: hour % 24 < 8}
RESTS_ON_SUNDAY = {"days": 21, "each": 6, "silent": lambda hour: hour // 24 % 7 == 6}

LATER = Hit(DAY, "/", referrer=SEARCH)
FEW = log(visits(3))
IN_WHATSAPP = log(visits(3, agent=WHATSAPP))
HOME_PAGE = log([*visits(30, "/"), LATER])
ONE_REJECT = log(visits(20), "?")
JUMPS_BACK = log([Hit(100), Hit()])


def in_order(*hits: Hit) -> Files:
    """A log in which the hits come in the order of time."""
    return log(sorted(hits, key=lambda hit: hit.at))


# What most checks ask for is in order in it, so that they share one analysis.
ORDINARY = in_order(
    *visits(100),
    *visits(100, "/", OTHERS, referrer=SEARCH),
    *visits(20, f"{TAGGED}&utm_campaign=spring-sale", "203.0.113"),
    *visits(6),
    *visits(3, agent=CRAWLER),
    LATER,
)
# Its tags have a fault of each kind.
BADLY_TAGGED = in_order(
    *visits(15, TAGGED),
    *visits(2, f"{TAGGED}&utm_campaign=spring+sale", OTHERS),
    *visits(1, "/?utm_source=NL&utm_medium=email", "203.0.113"),
    *visits(2, "/?utm_source=nl", "198.18.0"),
)
# One log, because an analysis takes seconds: lines come twice and go back in time, nobody came from
# anywhere, a line and a file cannot be read, and two days are missing.
TROUBLED = {
    **log([*visits(120), *visits(60), Hit(3 * DAY)], "?", "?"),
    "letter.txt": b"Dear reader\n",
}
STORY = CampaignReturn("story (facebook / paid_social)", 50, 120, -0.05, 0.76, 0.43, 0.9)
LOSS = CampaignReturn("career (linkedin / paid_social)", 90, 40, -0.75, -0.74, -0.8, 0.1)
UNTAGGED = CampaignReturn("spring (bing / cpc)", 20, 0, -1, -1, -1, 0.2)
NO_REVENUE = CampaignReturn("brand (google / cpc)", 20, 80, None, None, None, None)
CASES = [
    Case("app", False, FEW, {"whatsapp": {"at_least": 1}}, "0 visits through WhatsApp"),
    Case("app", True, IN_WHATSAPP, {"whatsapp": {"at_least": 1}}),
    Case("app", False, IN_WHATSAPP, {"whatsapp": {"at_most": 1}}, "at most 1"),
    Case("bot_share", False, log([*visits(9, agent=CRAWLER), Hit()]), {}, "90%, 9 of 10 hits"),
    Case("bot_share", True, ORDINARY),
    Case("campaign_roi", False, ORDINARY, {}, "ROI -5% as booked, +76%", campaigns=(STORY, LOSS)),
    Case("campaign_roi", True, ORDINARY, {"cost": 60}, campaigns=(STORY, LOSS)),
    Case("campaign_roi", True, ORDINARY, campaigns=(LOSS, UNTAGGED, NO_REVENUE)),
    Case("campaign_roi", None, ORDINARY, {}, "no campaign has", campaigns=(NO_REVENUE,)),
    Case("campaign_roi", None, ORDINARY, {}, "no costs are given"),
    Case("clock_jumps", False, TROUBLED, {}, "119 minutes before the line above"),
    Case("clock_jumps", False, log([Hit(70 * DAY)]), {}, "10 days in the future"),
    Case("clock_jumps", True, ORDINARY),
    Case("clock_jumps", True, log([Hit(20), Hit()])),
    Case("clock_jumps", True, JUMPS_BACK, {"backwards_minutes": 100}),
    Case("damaged_file", False, cut_short(), {}, "access.log.gz"),
    Case("damaged_file", True, ORDINARY),
    Case("cannot_tell", False, FEW, {}, "an hour or less"),
    Case("cannot_tell", True, log([*visits(3), Hit(DAY)])),
    Case("dark_share", False, HOME_PAGE, {"at_least": 0.6}, "60% to 80%"),
    Case("dark_share", True, HOME_PAGE),
    Case("dark_share", None, log(visits(30, "/"))),
    Case("dark_share", None, log(visits(3, referrer=SEARCH))),
    Case("direct_share", False, TROUBLED, {}, "100%, 121 of 121 sessions"),
    Case("direct_share", None, FEW),
    Case("direct_share", True, ORDINARY),
    Case("missing_days", False, TROUBLED, {}, "2 days from 2026-03-03"),
    Case("missing_days", True, ORDINARY),
    Case("missing_days", True, log([Hit(), Hit(2 * DAY)]), {"at_most": 1}),
    Case(
        "missing_hours",
        False,
        hourly(4, 20, silent=lambda hour: hour in (30, 31)),
        {},
        "2026-03-03 14:00 to 2026-03-03 16:00 UTC: usually 40 visitors",
    ),
    Case("missing_hours", True, hourly(4, 2, silent=lambda hour: hour in (30, 31))),
    Case("missing_hours", True, hourly(**RESTS_AT_NIGHT)),
    Case("missing_hours", True, hourly(**RESTS_ON_SUNDAY)),
    Case("page", False, FEW, {ARTICLE: {"sessions_at_most": 2}}, "sessions: 3"),
    Case("page", False, FEW, {"/other": {"dark_at_least": 1}}, "dark social: 0"),
    Case("page", True, FEW, {ARTICLE: {"direct_at_least": 3}}),
    Case("probability_sums", False, FEW, {}, "the probabilities add up to 1.5", too_sure),
    Case("probability_sums", True, ORDINARY),
    Case("proxied_addresses", False, log(CROWD), {}, "100% of hits"),
    Case("proxied_addresses", True, ORDINARY),
    Case("proxied_addresses", True, log([*MONITORS, *visits(120)])),
    Case("proxied_addresses", None, FEW),
    Case("referrer_missing", False, TROUBLED, {}, "0% of page views"),
    Case("referrer_missing", True, ORDINARY),
    Case("referrer_missing", None, FEW),
    Case("reject_rate", False, TROUBLED, {}, "line=182"),
    Case("reject_rate", True, ORDINARY),
    Case("reject_rate", True, ONE_REJECT, {"at_most": 0.05}),
    Case("repeated_lines", False, TROUBLED, {}, "33.1%, 60 of 181"),
    Case("repeated_lines", True, ORDINARY),
    Case("repeated_lines", None, log([*visits(40), *visits(40)])),
    Case("sessions", False, log(visits(3, agent=CRAWLER)), {}, "at least 1"),
    Case("sessions", True, ORDINARY),
    Case("unknown_format", False, TROUBLED, {}, "letter"),
    Case("unknown_format", True, ORDINARY),
    Case("unknown_format", True, {**FEW, "copy.log": FEW["access.log"]}),
    Case(
        "untagged_campaigns",
        False,
        log(visits(10, f"{ARTICLE}?msclkid=x")),
        {},
        "msclkid: 10 sessions without a tag",
    ),
    Case("share_ids", True, with_ids(60, back=60)),
    Case("share_ids", False, with_ids(10, back=10), {}, "few pages"),
    Case("share_ids", False, with_ids(60, back=5), {}, "stripped: 8"),
    Case("share_ids", False, with_ids(60, 4, back=60), {}, "impossible"),
    Case("share_ids", None, FEW),
    Case("untagged_campaigns", True, ORDINARY, {"at_most": 1}, campaigns=(STORY, LOSS)),
    Case(
        "untagged_campaigns",
        False,
        ORDINARY,
        {"at_most": 1},
        "costs 20.00, and no",
        campaigns=(UNTAGGED, STORY),
    ),
    Case("untagged_campaigns", True, log(visits(10, f"{TAGGED}&msclkid=x"))),
    Case("untagged_campaigns", True, log(visits(10, f"{ARTICLE}?fbclid=x"))),
    Case("untagged_campaigns", False, log(visits(12, referrer=WEBMAIL)), {}, f"{ARTICLE}: 12"),
    Case("untagged_campaigns", True, log(visits(12, TAGGED, referrer=WEBMAIL))),
    Case(
        "utm_incomplete",
        False,
        BADLY_TAGGED,
        {},
        "10%, 2 of 20 tagged sessions",
    ),
    Case("utm_incomplete", True, ORDINARY),
    Case("utm_incomplete", None, log(visits(3, "/?utm_source=nl"))),
    Case("utm_spaces", False, BADLY_TAGGED, {}, "'spring"),
    Case("utm_spaces", True, ORDINARY),
    Case(
        "utm_variants",
        False,
        BADLY_TAGGED,
        {},
        "utm_source: 'nl' 19, 'NL' 1",
    ),
    Case("utm_variants", True, ORDINARY),
]
"""`passes` is None where there is nothing to ask."""


Analysed = Callable[[Files], Analysis]


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysed]:
    """Analyse files, and the same files once only."""
    known: dict[frozenset[tuple[str, bytes]], Analysis] = {}

    def analyse(files: Files) -> Analysis:
        key = frozenset(files.items())
        if key not in known:
            folder = tmp_path_factory.mktemp("logs")
            for name, content in files.items():
                (folder / name).write_bytes(content)
            settings = Settings(site=("example.org",))
            known[key] = darksocial.analyze([str(folder)], settings=settings, secret="tests")
        return known[key]

    yield analyse
    for analysis in known.values():
        analysis.close()


def result(case: Case, analysis: Analysis) -> Result:
    """What the one rule of a case finds."""
    rules = rules_of({"defaults": False, case.check: case.rule}, "rules")
    facts = Facts(
        analysis.report,
        lambda question: ask_noted(analysis, lambda table: question(case.alter(table))),
        partial(ask_noted_requests, analysis),
        NOW,
        case.campaigns,
    )
    [only] = evaluated(facts, rules, analysis.summary()).results
    return only


def in_gate() -> list[Any]:
    """The cases. The gate tries the first in which a check fails, and what shares its analysis."""
    failing: set[str] = set()
    analysed: list[Files] = [ORDINARY]
    cases = []
    for case in CASES:
        if case.passes is False and case.check not in failing:
            failing.add(case.check)
            analysed.append(case.files)
        marks = [] if case.files in analysed else [pytest.mark.long]
        cases.append(pytest.param(case, marks=marks, id=f"{case.check}-{case.passes}"))
    return cases


@pytest.mark.parametrize("case", in_gate())
def test_a_check_finds(analysed: Analysed, case: Case) -> None:
    only = result(case, analysed(case.files))
    assert bool(only.outcome.skipped) == (case.passes is None)
    assert only.outcome.passed == (case.passes is not False), only
    assert case.told in str(only.outcome)
    if case.passes is not None:
        assert only.outcome.actual
        assert only.outcome.allowed


def test_every_check_has_a_case_that_passes_and_one_that_fails() -> None:
    outcomes = {(case.check, case.passes) for case in CASES if case.passes is not None}
    assert outcomes == {(name, passes) for name in registry() for passes in (True, False)}


@pytest.mark.parametrize("name", registry())
def test_a_check_says_in_a_sentence_what_is_wrong_and_why_that_matters(name: str) -> None:
    first, blank, *rest = documentation(name).splitlines()
    assert first.endswith(".")
    assert not blank
    assert rest
    assert registry()[name].advice


@pytest.mark.parametrize("name", registry())
def test_every_parameter_is_read(name: str) -> None:
    check = registry()[name]
    assert check.parameters
    for parameter in check.parameters:
        assert parameter.default is None or parameter.kind.accepts(parameter.default)


def test_without_rules_every_check_that_needs_no_subject_runs(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(log(visits(5))["access.log"])
    checked = darksocial.check([str(tmp_path)], now=NOW)
    assert [r.name for r in checked.results] == [n for n, c in registry().items() if not c.subject]


@pytest.mark.long
def test_places_are_few_and_in_the_same_order_in_every_run(analysed: Analysed) -> None:
    hits = [Hit(n * HOUR, f"/page-{n}?utm_source=x") for n in range(30)]
    case = Case("utm_incomplete", False, log(hits))
    first, second = (result(case, analysed(case.files)).outcome for _ in range(2))
    assert first == second
    assert len(first.where) == 10


@pytest.mark.long
def test_only_errors_fail_a_run(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(ONE_REJECT["access.log"])
    for level, fails in (("error", True), ("warning", False), ("off", False)):
        rules = {"defaults": False, "reject_rate": {"level": level}}
        assert darksocial.check([str(tmp_path)], rules=rules).failed == fails


@pytest.mark.long
def test_exports_have_no_clock_that_could_jump() -> None:
    export = Path(__file__).parents[1] / "sample_logs" / "exports" / "matomo.json"
    checked = darksocial.check([str(export)], now=NOW)
    [jumps] = [r for r in checked.results if r.name == "clock_jumps"]
    assert jumps.state == "skipped"


@pytest.mark.parametrize("name", registry())
def test_the_message_is_the_first_sentence_of_the_documentation(name: str) -> None:
    assert registry()[name].message == documentation(name).partition("\n")[0]
