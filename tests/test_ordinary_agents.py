"""Agents of ordinary browsers: none is a machine, whatever its device or build is called."""

import re

import pytest

from darksocial import data
from darksocial.lookups.agents import classify

ANDROID = "Mozilla/5.0 (Linux; Android {}) AppleWebKit/537.36 (KHTML, like Gecko) {} Safari/537.36"
PHONE = "Chrome/131.0.0.0 Mobile"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) {} Mobile/15E148 Safari/604.1"
)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) {} Safari/537.36"
DEVICES = (
    *("15; Pixel 9 Build/AP3A.240617.008", "15; SM-S928B Build/AP3A.240905.015.A2; wv"),
    *("14; 23078PND5G Build/UKQ1.230804.001", "9; ViewSonic ViewPad 7", "8.1; CUBOT_NOTE_S"),
    *("13; CPH2609", "12; moto g(60)", "11; KFTRWI", "10; Nokia 7.2", "7.0; TECNO Spider"),
    *("13; motorola edge 30", "6.0; Yeti Phone", "14; Fever 5G", "12; Butterfly", "11; Adventurer"),
)
BROWSERS = (
    *(ANDROID.format(device, PHONE) for device in DEVICES),
    ANDROID.format("13; V2171A", f"{PHONE} SogouMSE,SogouMobileBrowser/6.12.2"),
    ANDROID.format("11; PEGM00", f"{PHONE} baiduboxapp/13.0"),
    ANDROID.format("14; SM-G991B", "Chrome/124.0 YaBrowser/24.6.0 Mobile"),
    ANDROID.format("14; Mi 11", "Version/4.0 Chrome/120.0 Mobile") + " XiaoMi/MiuiBrowser/14.9",
    *map(IPHONE.format, ("CriOS/133.0.6943.84", "FxiOS/135.0", "EdgiOS/133.0", "Version/18.3")),
    WINDOWS.format("Chrome/65.0.3325.181") + " SE 2.X MetaSr 1.0",
    WINDOWS.format("coc_coc_browser/130.0.0 Chrome/130.0.0.0"),
    WINDOWS.format("Chrome/133.0.0.0") + " Edg/133.0.0.0",
    WINDOWS.format("Chrome/120.0.0.0 Whale/3.24"),
    "Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_8) AppleWebKit/528.16 Fluid/0.9.6 Safari/528",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0; MRA 5.6 (build 03402))",
    "Mozilla/5.0 (PlayStation 5 8.20) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
    "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
    "UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; en-US; SM-G) U2/1.0.0 UCBrowser/10.9 U2/1.0.0 Mobile",
    "Nokia6300/2.0 (05.50) Profile/MIDP-2.0 Configuration/CLDC-1.1",
    "BlackBerry9700/5.0.0.862 Profile/MIDP-2.1 Configuration/CLDC-1.1 VendorID/331",
    "SAMSUNG-GT-S5620/S5620 Dolfin/2.0 SMM-MMS/1.2.0 profile/MIDP-2.1",
    "Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.1.1",
    "w3m/0.5.3+git20230121",
    "Links (2.29; Linux 6.1 x86_64; GNU C 12.2; text)",
    "Dillo/3.1.1",
    "NetSurf/3.11 (Linux)",
)


@pytest.mark.parametrize(("agent", "verdict"), list(zip(BROWSERS, classify(BROWSERS), strict=True)))
def test_an_ordinary_browser_is_no_machine(agent: str, verdict: object) -> None:
    assert getattr(verdict, "bot", agent) is None


def test_each_beginning_and_each_name_of_a_browser_is_needed() -> None:
    """At least for the beginnings that the browsers above have."""
    rows = data.read("browser_beginnings")
    used = [row for row in rows if any(re.match(row["pattern"], agent) for agent in BROWSERS)]
    assert len(used) >= 4
    for row in data.read("browser_names"):
        assert any(re.search(row["pattern"], agent) for agent in BROWSERS), row["pattern"]


@pytest.mark.parametrize("table", ["browser_names", "browser_beginnings"])
def test_each_row_is_whole_and_names_its_source(table: str) -> None:
    for row in data.read(table):
        assert None not in {*row, *row.values()}, row
        assert row["source"] and re.compile(row["pattern"])
