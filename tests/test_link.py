"""`darksocial link`: tags, ids and addresses per app, chatbots, tables, buttons and codes."""

import csv
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from darksocial import InputError, UsageError
from darksocial.cli._main import darksocial
from darksocial.lookups.batches import look_up_arrivals
from darksocial.lookups.channels import default_channel, traffic_source
from darksocial.lookups.chatbots import is_of_chatbot
from darksocial.lookups.utm import parse_query
from darksocial.tracking.links import SharedLink, link, share_apps
from darksocial.tracking.share_id import parse

STORY = "https://www.example.org/story?a=b+c&sh=what#part"
CHANNELS = {"mail": "Email", "sms": "SMS", "qr": "Referral"}


def run(*arguments: object) -> Result:
    words = ["link", *map(str, arguments)]
    return CliRunner().invoke(darksocial, words, catch_exceptions=False)


def by_app(**options: object) -> dict[str, SharedLink]:
    links = link(STORY, campaign="spring sale", partner="anna", text="Read & share", **options)  # type: ignore[arg-type]
    return {each.app: each for each in links}


def test_a_link_has_tags_and_an_id_and_keeps_what_it_had() -> None:
    one = by_app(to="whatsapp")["whatsapp"]
    assert one.link == (
        "https://www.example.org/story?a=b+c&utm_source=whatsapp&utm_medium=social"
        f"&utm_campaign=spring%20sale&utm_content=anna&sh={one.share_id}#part"
    )
    share = parse(one.share_id)
    assert share and (share.generation, share.method, share.root) == (1, "handed_out", share.key)
    assert by_app(to="whatsapp")["whatsapp"] == one


ADDRESSES = {
    "whatsapp": "https://wa.me/?text=Read%20%26%20share%20{url}",
    "telegram": "https://t.me/share/url?url={url}&text=Read%20%26%20share",
    "messenger": "fb-messenger://share?link={url}&app_id=12",
    "viber": "viber://forward?text=Read%20%26%20share%20{url}",
    "line": "https://social-plugins.line.me/lineit/share?url={url}&text=Read%20%26%20share",
    "teams": "https://teams.microsoft.com/share?href={url}&msgText=Read%20%26%20share",
    "sms": "sms:?&body=Read%20%26%20share%20{url}",
    "mail": "mailto:?subject=Read%20%26%20share&body={url}",
    "copy": "",
}


def test_addresses_open_the_apps() -> None:
    links = by_app(app_id="12")
    assert {app: each.template for app, each in links.items()} == ADDRESSES
    for each in links.values():
        before, _, after = (each.template or "{url}").partition("{url}")
        inside = each.address.removeprefix(before).removesuffix(after)
        assert (unquote(inside) if each.template else inside) in (each.link, unquote(each.link))
    assert len({each.share_id for each in links.values()}) == len(ADDRESSES)


@pytest.mark.parametrize("app", [*share_apps(), "qr"])
def test_ga4_files_the_tags_well(app: str) -> None:
    one = by_app(app_id="12", qr=True)[app]
    traffic = traffic_source(None, parse_query(urlsplit(one.link).query))
    assert default_channel(traffic) == CHANNELS.get(app, "Organic Social")


def test_a_chatbot_gets_the_id_and_answers_with_the_link() -> None:
    names = {"telegram": "a_bot", "whatsapp": "49301", "viber": "a", "messenger": "a.b"}
    bots = [each for each in link(STORY, to="copy", bots=names) if each.bot]
    payloads = {each.app: each.address for each in bots}
    [telegram] = [each for each in bots if each.app == "telegram"]
    assert payloads["telegram"] == f"https://t.me/a_bot?start={telegram.share_id.replace('.', '-')}"
    assert payloads["viber"].startswith("viber://pa?chatURI=a&context=")
    assert all(f"sh={each.share_id}" in each.link for each in bots)
    assert all(is_of_chatbot(tags_of(each)) for each in bots)
    [copied] = [each for each in link(STORY, to="copy", bots=names) if not each.bot]
    assert not is_of_chatbot(tags_of(copied))


def test_a_link_names_a_messenger_unless_a_chatbot_sends_it() -> None:
    """GA4's channel is the same: no person shared the link, so it is not dark."""
    [person] = link(STORY, to="telegram")
    [_copied, bot] = link(STORY, to="copy", bots={"telegram": "a_bot"})
    queries = [urlsplit(each.link).query for each in (person, bot)]
    keys = {"referrer": ["", ""], "query": queries, "recorded_source": ["", ""]}
    facts = look_up_arrivals(pa.RecordBatch.from_pydict({**keys, "recorded_medium": ["", ""]}))
    assert facts.column("tag_app").to_pylist() == ["telegram", None]
    assert set(facts.column("channel").to_pylist()) == {"Organic Social"}


def tags_of(one: SharedLink) -> list[str]:
    return list(dict(parse_qsl(urlsplit(one.link).query)).values())


REFUSED = [
    ({"urls": "story"}, "`urls`: 'story' is not the address"),
    ({"urls": "javascript://a/%0aalert(1)"}, "`urls`: .* is not the address"),
    ({"urls": "https://["}, "`urls`: .* is not the address"),
    ({"urls": STORY, "to": "slack"}, "`to`: there is no address to share with 'slack'"),
    ({"urls": STORY, "to": "messenger"}, "`app_id` is empty, and Messenger asks"),
    (
        {"urls": STORY, "bots": {"signal": "a"}},
        "`bots`: there are no links to chat",
    ),
    ({"urls": STORY, "bots": {"telegram": "a b"}}, "`bots`: 'a b' is not the name"),
]


@pytest.mark.parametrize(("arguments", "problem"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_it_refuses(arguments: dict[str, object], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        link(**arguments)  # type: ignore[arg-type]


def test_a_table_becomes_a_table_buttons_and_codes(tmp_path: Path) -> None:
    pages = tmp_path / "pages.csv"
    pages.write_text(
        "\ufeffurl;campaign\nhttps://example.org/a;=spring\nhttps://example.org/b;\n", "utf-8"
    )
    table, sheet, codes = (tmp_path / name for name in ("links.csv", "sheet.html", "codes"))
    done = run(pages, "--to", "mail,copy", "--csv", table, "--html", sheet, "--qr", codes)
    assert done.exit_code == 0
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["url"][-1], row["app"], row["campaign"]) for row in rows] == [
        ("a", "mail", "'=spring"), ("a", "copy", "'=spring"), ("a", "qr", "'=spring"),
        ("b", "mail", ""), ("b", "copy", ""), ("b", "qr", ""),
    ]  # fmt: skip
    html = sheet.read_text()
    assert html.count("<a href=") == 6 and "data-share=" in html and "<script" not in html
    files = sorted(path.suffix for path in codes.iterdir())
    assert files == [".png", ".png", ".svg", ".svg"]
    assert next(codes.glob("*.png")).read_bytes().startswith(b"\x89PNG")
    assert next(codes.glob("*.svg")).read_text().startswith("<?xml")
    assert "example.org/a?utm_source=copy" in done.output


@pytest.mark.parametrize("content", ["page\n/a\n", "url,what\na,b\n", ""])
def test_a_table_without_the_columns_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "pages.csv").write_text(content)
    with pytest.raises(InputError, match=r"pages\.csv has the columns"):
        run(tmp_path / "pages.csv")
