"""Each signal's cases: log lines, and what the signal finds in the last visit."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import darksocial
from darksocial import Model, Settings
from darksocial.signals import Signal, registry
from tests.gate import series
from tests.logs import ARTICLE, SETTINGS, SITE, Hit, analyzed

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/133.0.0.0 Mobile Safari/537.36"
)
WHATSAPP = f"{PHONE} WA4A/2.25.31"
FACEBOOK = f"{PHONE} [FB_IAB/FB4A;FBAV/500.0.0.0;]"
TIKTOK = f"{PHONE} musical_ly_2023 BytedanceWebview/d8a21c6"
CHATGPT = f"{PHONE} ChatGPT/1.2025"
TAG = "utm_source=nl&utm_medium=email"


def strangers(count: int) -> list[Hit]:
    """New visitors on one page, the last one at minute 3,000, the page's first visit long ago."""
    first = Hit(0, ip="192.0.2.250")
    return [first, *(Hit(3000 + i / 10, ip=f"192.0.2.{i + 1}") for i in range(count))]


WHATSAPP_PREVIEW = "WhatsApp/2.25.31.77 A"
TELEGRAM_PREVIEW = "TelegramBot (like TwitterBot)"
CLAUDE_FETCH = "Mozilla/5.0 (compatible; Claude-User/1.0; +Claude-User@anthropic.com)"
SEARCH, POST, ASSISTANT = "https://www.google.com/", "https://t.co/x", "https://chatgpt.com/"
MAILING = f"{ARTICLE}?{TAG}&utm_campaign=may"
POSTED = f"{ARTICLE}?fbclid=x"
DAY = 1440.0


def after_preview(minutes: float, others: int = 0) -> list[Hit]:
    """A preview fetch at minute 5,000 and a visit so much later; others spread over the hours."""
    visits = [Hit(5000 - 350 + n * 700 / (others + 1), ip=f"198.51.100.{n}") for n in range(others)]
    fetch = Hit(5000, agent=TELEGRAM_PREVIEW, ip="203.0.113.1")
    return [*visits, fetch, Hit(5000 + minutes, ip="192.0.2.77")]


def shared_in_messenger(number: int) -> list[Hit]:
    """A fetch by WhatsApp, and a visit in its own browser three minutes later."""
    page, start = f"/politics/2026/03/02/page-{number}-of-many/", number * 100
    return [
        Hit(start, page, f"198.51.100.{number}", WHATSAPP_PREVIEW),
        Hit(start + 3, page, f"203.0.113.{number}", WHATSAPP),
    ]


def copies(*, minutes: float, readers: int = 0, known: bool = False) -> list[Hit]:
    """Readers of a mailing, then a share of its link at minute 3,000, then a visit by it."""
    fetch = Hit(3000, MAILING, "192.0.2.9", WHATSAPP_PREVIEW)
    mailed = [Hit(2800 + n * 20, MAILING, f"198.51.100.{n}") for n in range(readers)]
    before = [Hit(0, "/", "192.0.2.77")] if known else []
    return [*before, *mailed, fetch, Hit(3000 + minutes, MAILING, "192.0.2.77")]


def around(referrer: str, count: int) -> list[Hit]:
    """Visits with a referrer, and a direct visit in their middle."""
    seen = [Hit(n * 5, ip=f"192.0.2.{n + 10}", referrer=referrer) for n in range(count)]
    return [*seen[: count // 2], *seen[count // 2 :], Hit(300, ip="192.0.2.77")]


def crowd(last: Hit) -> list[Hit]:
    """Visits every hour of a day and a half behind one address, and one more."""
    return [*(Hit(n * 60, f"/sport/page-{n}-of-many/") for n in range(36)), last]


def after_assistant(minutes: float, others: int = 0) -> list[Hit]:
    """A fetch by an assistant at minute 5,000 and a visit so much later; others in hours before."""
    visits = [Hit(4650 + n * 340 / (others + 1), ip=f"198.51.100.{n}") for n in range(others)]
    fetch = Hit(5000, agent=CLAUDE_FETCH, ip="203.0.113.1")
    return [*visits, fetch, Hit(5000 + minutes, ip="192.0.2.77")]


FROM_PUBLIC_POSTS = [
    Hit(n, f"{ARTICLE}?sh=aaaaa.1.aaaaa.a", f"192.0.2.{n + 10}", referrer="https://t.co/")
    for n in range(110)
]
READERS = [Hit(n, MAILING, f"192.0.2.{n + 10}") for n in range(3)]
KNOWN = [
    hit
    for n in range(4)
    for hit in (Hit(0, "/", f"192.0.2.{n + 10}"), Hit(2 * DAY + n, ip=f"192.0.2.{n + 10}"))
]
LATER = 3 * DAY
BEFORE_ASSISTANTS = -5 * 365 * DAY

KEPT = [Hit(day * 1440 + visitor, "/sport/", f"192.0.2.{visitor}")
        for day in range(3) for visitor in range(4)]  # fmt: skip

CASES: list[tuple[str, str | None, list[Hit]]] = [
    ("landing_page", "home", [Hit(path="/")]),
    ("landing_page", "account", [Hit(path="/account/")]),
    ("landing_page", "section", [Hit(path="/sport/")]),
    ("landing_page", "article", [Hit(path="/sport/how-we-won-the-cup")]),
    ("landing_page", "numbered", [Hit()]),
    ("landing_page", None, [Hit(referrer="https://www.google.com/")]),
    ("landing_page", None, [Hit(referrer=f"{SITE}/")]),
    ("landing_page", None, [Hit(referrer="https://pay.example.com/")]),
    ("bookmarked_page", "kept", KEPT),
    ("bookmarked_page", None, [Hit(), Hit(100)]),
    ("known_visitor", "new", [Hit()]),
    ("known_visitor", "same_page", [Hit(), Hit(100)]),
    (
        "known_visitor",
        "same_link",
        [Hit(0, POSTED), Hit(100, POSTED)],
    ),
    (
        "known_visitor",
        "same_page",
        [Hit(0, POSTED), Hit(100)],
    ),
    ("known_visitor", "known", [Hit(path="/sport/"), Hit(100)]),
    ("known_visitor", None, [Hit(referrer="https://t.co/x")]),
    ("known_visitor", None, crowd(Hit(3000, "/sport/page-1-of-many/"))),
    ("known_visitor", "same_page", [Hit(3000, "/sport/"), Hit(6000, "/sport/")]),
    ("strangers", "another", strangers(2)),
    ("strangers", "several", strangers(4)),
    ("strangers", "crowd", strangers(6)),
    ("strangers", None, strangers(1)),
    ("strangers", None, [*strangers(4), Hit(3001, ip="192.0.2.99", referrer=f"{SITE}/")]),
    ("preview", "at_once", after_preview(2)),
    ("preview", "soon", after_preview(20, others=3)),
    ("preview", "after", after_preview(90)),
    ("preview", "later", after_preview(90, others=4)),
    ("preview", "long_after", after_preview(300, others=8)),
    ("preview", "none", [*after_preview(2)[:1], Hit(9000, "/sport/a-page-of-three-words")]),
    (
        "preview",
        "none_where_usual",
        [
            *(h for n in range(9) for h in shared_in_messenger(n)),
            Hit(9000, "/sport/a-page-of-three-words", "192.0.2.77"),
        ],
    ),
    ("preview", None, [Hit()]),
    ("preview", None, [*after_preview(2)[:1], Hit(5002, ip="192.0.2.7", referrer=SEARCH)]),
    ("newsletter", "wave", [*READERS, Hit(30, ip="192.0.2.77")]),
    ("newsletter", "some", [*READERS[:1], Hit(30, ip="192.0.2.77")]),
    ("newsletter", "known_readers", [*KNOWN, Hit(2 * DAY + 9, ip="192.0.2.77")]),
    ("newsletter", "none", [*READERS, Hit(LATER, ip="192.0.2.77")]),
    ("newsletter", None, [Hit()]),
    ("assistant_fetch", "soon", after_assistant(2)),
    ("assistant_fetch", "perhaps", after_assistant(2, others=2)),
    ("assistant_fetch", "among_others", after_assistant(2, others=7)),
    ("assistant_fetch", "none", after_assistant(15)),
    ("assistant_fetch", None, after_assistant(2, others=60)),
    ("assistant_fetch", None, [Hit()]),
    ("search_page", "mostly", around(SEARCH, 3)),
    ("search_page", "often", around(SEARCH, 1)),
    (
        "search_page",
        "seldom",
        [*around(SEARCH, 1), *(Hit(301, ip=f"192.0.2.{n}") for n in (1, 2, 3, 4))],
    ),
    ("search_page", "never", [Hit(0, "/", referrer=SEARCH), Hit(5, ip="192.0.2.77")]),
    ("search_page", None, [Hit()]),
    ("social_wave", "wave", [*around(POST, 4)[:4], Hit(20, ip="192.0.2.77")]),
    ("social_wave", "some", [*around(POST, 1)[:1], Hit(20, ip="192.0.2.77")]),
    ("social_wave", "none", around(POST, 1)),
    ("social_wave", None, [Hit()]),
    ("assistant_page", "often", around(ASSISTANT, 1)),
    ("assistant_page", "never", [Hit(0, "/", referrer=ASSISTANT), Hit(5, ip="192.0.2.77")]),
    ("assistant_page", None, [Hit()]),
    ("page_age", "hours", [Hit(0, "/"), Hit(2 * DAY), Hit(2 * DAY + 60, ip="192.0.2.77")]),
    ("page_age", "days", [Hit(0, "/"), Hit(2 * DAY), Hit(3 * DAY, ip="192.0.2.77")]),
    ("page_age", "old", [Hit(), Hit(6 * DAY, ip="192.0.2.77")]),
    ("page_age", None, [Hit()]),
    ("subscriber", "reader", [Hit(0, MAILING), Hit(LATER)]),
    ("subscriber", None, [Hit(), Hit(LATER)]),
    ("copied_link", "click_id", [Hit(0, "/?gclid=x"), Hit(500, "/?gclid=x", "192.0.2.77")]),
    ("copied_link", None, [Hit(0, "/?gclid=x"), Hit(500, "/?gclid=y", "192.0.2.77")]),
    ("copied_link", None, [Hit(0, "/?fbclid=x"), Hit(500, "/?fbclid=x")]),
    ("copied_link", "preview", copies(minutes=3)),
    ("copied_link", "likely_preview", copies(minutes=40, readers=5)),
    ("copied_link", None, copies(minutes=40, readers=9, known=True)),
    ("copied_link", "stranger_after_preview", copies(minutes=90, readers=5)),
    (
        "copied_link",
        None,
        [Hit(path=f"{ARTICLE}?mc_cid=a"), Hit(9, f"{ARTICLE}?mc_cid=a", "192.0.2.7")],
    ),
    ("copied_link", "stranger", [*READERS, Hit(LATER, MAILING, "192.0.2.77")]),
    (
        "copied_link",
        "strangers",
        [*READERS, Hit(LATER, MAILING, "192.0.2.76"), Hit(LATER + 2, MAILING, "192.0.2.77")],
    ),
    ("messenger_browser", "private", [Hit(agent=WHATSAPP)]),
    ("messenger_browser", "mixed", [Hit(agent=FACEBOOK)]),
    ("messenger_browser", "public", [Hit(agent=TIKTOK)]),
    ("messenger_browser", "ai", [Hit(agent=CHATGPT)]),
    ("messenger_browser", "search", [Hit(agent=f"{PHONE} GSA/310.0")]),
    ("messenger_browser", None, [Hit(agent=WHATSAPP, referrer="https://www.google.com/")]),
    ("messenger_browser", None, [Hit(agent=WHATSAPP, referrer="https://pay.example.com/")]),
    ("messenger_referrer", "messenger", [Hit(referrer="https://web.whatsapp.com/")]),
    ("messenger_referrer", "messenger", [Hit(referrer="android-app://org.telegram.messenger/")]),
    ("messenger_referrer", "webmail", [Hit(referrer="https://mail.google.com/")]),
    ("messenger_referrer", "webmail", [Hit(referrer="https://webmail.company.example/")]),
    ("messenger_referrer", "messenger", [Hit(referrer="https://company.slack.com/")]),
    ("messenger_referrer", None, [Hit(path=f"/?{TAG}", referrer="https://mail.google.com/")]),
    ("messenger_referrer", None, [Hit(referrer="https://www.google.com/")]),
    ("share_id", "shared", [Hit(path=f"{ARTICLE}?sh=c")]),
    ("share_id", "posted", [*FROM_PUBLIC_POSTS, Hit(120, f"{ARTICLE}?sh=aaaaa.1.aaaaa.a")]),
    ("share_id", None, [Hit(path=f"{ARTICLE}?sh=what")]),
    ("messenger_tag", "messenger", [Hit(path=f"{ARTICLE}?utm_source=WhatsApp&utm_medium=share")]),
    ("messenger_tag", "messenger", [Hit(path=f"{ARTICLE}?utm_source=a&utm_medium=whatsapp")]),
    ("messenger_tag", "messenger", [Hit(path=f"{ARTICLE}?from=singlemessage")]),
    ("messenger_tag", None, [Hit(path=f"{ARTICLE}?{TAG}")]),
    ("link_parameters", "private", [Hit(path=f"{ARTICLE}?utm_source=a&utm_medium=dm")]),
    ("link_parameters", "private", [Hit(path=f"{ARTICLE}?smid=url-share")]),
    ("link_parameters", "ai", [Hit(path=f"{ARTICLE}?utm_source=chatgpt.com")]),
    ("link_parameters", "email", [Hit(path=f"{ARTICLE}?mtm_medium=email&mtm_campaign=may")]),
    ("link_parameters", "search", [Hit(path=f"{ARTICLE}?xtor=SEC-7-GOO")]),
    ("link_parameters", "social", [Hit(path=f"{ARTICLE}?pk_source=facebook")]),
    ("link_parameters", None, [Hit(path=f"{ARTICLE}?mtm_medium=email&{TAG}")]),
    ("link_parameters", None, [Hit(path=f"{ARTICLE}?utm_source=openai&utm_medium=cpc")]),
    ("click_id_alone", "share", [Hit(path=f"{ARTICLE}?igsh=abc")]),
    ("click_id_alone", "meta_elsewhere", [Hit(path=f"{ARTICLE}?fbclid=abc")]),
    ("click_id_alone", "meta", [Hit(path=f"{ARTICLE}?fbclid=abc", agent=FACEBOOK)]),
    ("click_id_alone", "email", [Hit(path=f"{ARTICLE}?mc_eid=abc")]),
    ("click_id_alone", "email", [Hit(path=f"{ARTICLE}?_hsenc=p2&_hsmi=1")]),
    ("click_id_alone", "search", [Hit(path=f"{ARTICLE}?gad_source=1")]),
    ("click_id_alone", "network", [Hit(path=f"{ARTICLE}?rdt_cid=1")]),
    ("click_id_alone", "search", [Hit(path=f"{ARTICLE}?msclkid=abc")]),
    ("click_id_alone", "network", [Hit(path=f"{ARTICLE}?ttclid=abc")]),
    ("click_id_alone", None, [Hit(path=f"{ARTICLE}?fbclid=abc&{TAG}")]),
    ("partial_utm", "partial", [Hit(path=f"{ARTICLE}?utm_source=nl")]),
    ("partial_utm", None, [Hit(path=f"{ARTICLE}?{TAG}")]),
    ("campaign_contradicted", "messenger", [Hit(path=f"{ARTICLE}?{TAG}", agent=WHATSAPP)]),
    ("campaign_contradicted", None, [Hit(path=f"{ARTICLE}?{TAG}")]),
    ("assistants_exist", "not_yet", [Hit(BEFORE_ASSISTANTS)]),
    ("assistants_exist", None, [Hit()]),
]


MAILED = replace(SETTINGS, model=Model(newsletter=("Mon 09:00",), timezone="Europe/Berlin"))
TOLD: list[tuple[str, str | None, list[Hit]]] = [
    # Monday at nine in Berlin is eight in UTC, when the tests' time begins.
    ("newsletter", "sent", [Hit(200)]),
    ("newsletter", "quiet", [Hit(2 * DAY)]),
    ("newsletter", None, [Hit(10 * 60)]),
    ("newsletter", None, [Hit(200, "/")]),
]
"""Cases of a site whose owner names the sending time of a mailing."""


ALONE = {
    *((name, "known_visitor") for name in ("new", "same_page", "same_link", "known")),
    ("later", "preview"),
    ("not_yet", "assistants_exist"),
    ("reader", "subscriber"),
    *(
        (None, name)
        for name in ("assistant_fetch", "assistant_page", "newsletter", "preview", "search_page")
    ),
    (None, "social_wave"),
}
"""Levels that depend on the whole log: on who a visitor is, or on what the input shows at all.

Each case of these has a log of its own. All others share one, in which each has a site of its own.
"""


def last_level(analysis: darksocial.Analysis, signal: str, site: str | None = None) -> str:
    """The level of a signal in the last visit, of one site or of all."""
    in_order = ["started_at", "visitor"]
    patterns = analysis.ask(lambda visits: visits.order_by(in_order).select("site", "pattern"))
    last = [row["pattern"] for row in patterns.to_pylist() if site in (None, row["site"])][-1]
    return dict(zip(registry(), last.split("|")[3:], strict=True))[signal]


def host(number: int) -> str:
    """The site of a case."""
    return f"site{number}.example"


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[darksocial.Analysis]:
    """One analysis of the hits of all cases that can share a log."""
    log = tmp_path_factory.mktemp("signals") / "access.log"
    with log.open("w") as file:
        for number, (signal, level, hits) in enumerate(CASES):
            if (level, signal) not in ALONE:
                own = f"https://{host(number)}"
                moved = (replace(h, referrer=h.referrer.replace(SITE, own)) for h in hits)
                file.writelines(f"{host(number)}:443 {hit.line}\n" for hit in moved)
    settings = replace(SETTINGS, site=())
    with darksocial.analyze(log, settings=settings, secret="tests") as analysis:
        yield analysis


@pytest.mark.parametrize(
    ("number", "signal", "level"),
    [(n, *case[:2]) for n, case in enumerate(CASES) if (case[1], case[0]) not in ALONE],
)
def test_a_signal_finds(
    together: darksocial.Analysis, number: int, signal: str, level: str | None
) -> None:
    assert last_level(together, signal, host(number)) == (level or "")


@series(
    ("signal", "level", "hits", "settings"),
    [
        *((*case, SETTINGS) for case in CASES if (case[1], case[0]) in ALONE),
        *((*case, MAILED) for case in TOLD),
    ],
    in_gate=2,
)
def test_a_signal_finds_in_a_log_of_its_own(
    tmp_path: Path, signal: str, level: str | None, hits: list[Hit], settings: Settings
) -> None:
    with analyzed(tmp_path, hits, settings) as analysis:
        assert last_level(analysis, signal) == (level or "")


def test_every_finding_of_every_signal_has_a_case() -> None:
    reached = {(signal, level) for signal, level, _ in [*CASES, *TOLD] if level}
    assert reached == {(s.name, level) for s in registry().values() for level in s.levels}
    assert {signal for signal, level, _ in CASES if not level} == set(registry())


def test_a_signal_with_an_unknown_class_is_refused() -> None:
    level = next(iter(registry()["strangers"].levels.values()))
    wrong = type(level)({"dark_socail": 1.0}, "note", "source")
    with pytest.raises(TypeError, match="dark_socail"):
        Signal("x", registry()["strangers"].group, {"a": wrong}, registry()["strangers"].observe)


@pytest.mark.long
def test_the_model_beats_the_rule_of_thumb_on_labelled_traffic(tmp_path: Path) -> None:
    made = darksocial.simulate(tmp_path, seed=21, visits=3000)
    truth = (tmp_path / "truth.jsonl").read_text().splitlines()
    visits = [row for row in map(json.loads, truth) if row["type"] == "visit"]
    dark = {(row["client_ip"], row["user_agent"], row["time"]): row["dark"] for row in visits}
    settings = darksocial.Settings(keep_identifiers=True)
    with darksocial.analyze([str(made.logs[0])], settings=settings) as analysis:
        frame = analysis.to_pandas()
    frame = frame[frame.channel_before == "Direct"]
    time = frame.started_at.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = list(zip(frame.client_ip, frame.user_agent, time, strict=True))
    known = [key in dark for key in keys]
    assert sum(known) > 0.9 * len(known)
    frame = frame[known].assign(dark=[bool(dark[key]) for key in keys if key in dark])
    deep = frame.landing_path.str.len() > 25
    assert auc(frame.dark, frame.p_dark_social) > 0.85
    assert auc(frame.dark, frame.p_dark_social) > auc(frame.dark, deep.astype(float)) + 0.1


def auc(dark: pd.Series, score: pd.Series) -> float:
    """The chance that a dark visit scores above another one (Mann-Whitney)."""
    ranks = score.rank()
    positives = int(dark.sum())
    above = ranks[dark].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(dark) - positives)))
