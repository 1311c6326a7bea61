"""Share ids: the form of a value, names of the parameter, and names that a site uses itself."""

from pathlib import Path

import pytest

from darksocial import Settings, UsageError, survey
from darksocial.lookups.pages import PageParameters
from darksocial.survey import check_unused
from darksocial.tracking.share_id import SHARE_METHODS, Level, ShareId, parse
from tests.logs import Hit

VALUES = {
    "k3f9x.1.k3f9x.a": ShareId("address_bar", "k3f9x", 1, "k3f9x"),
    "00000.99.zzzzz.q": ShareId("qr_code", "00000", 99, "zzzzz"),
    "c": ShareId("copy"),
}
NO_IDS = (
    "", "x", "ac", "k3f9x", "k3f9x.0.k3f9x.a", "k3f9x.100.k3f9x.a", "k3f9x.01.k3f9x.a", "A",
    "K3F9X.1.K3F9X.a", "k3f9.1.k3f9x.a", "k3f9x.1.k3f9x.x", "k3f9x.1.k3f9x.a\n", "k3f9x.1.k3f9x",
    " k3f9x.1.k3f9x.a", "k3f9x.1.k3f9x.a.b", "k3f9x.-1.k3f9x.a", "k3f9ж.1.k3f9x.a",
    "k3f9x.\u0661.k3f9x.a",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_an_id_is_read_and_written(value: str) -> None:
    share = parse(value)
    assert share == VALUES[value]
    assert str(share) == value
    assert share.level == (Level.METHOD if value == "c" else Level.FULL)


@pytest.mark.parametrize("value", NO_IDS)
def test_a_value_of_another_form_is_no_id(value: str) -> None:
    assert parse(value) is None


def test_each_method_has_its_letter() -> None:
    assert {parse(letter) for letter in SHARE_METHODS} == {
        ShareId(name) for name in SHARE_METHODS.values()
    }


@pytest.mark.parametrize("name", ["sh", "dsh", "a-b_1", ""])
def test_names_of_the_parameter(name: str) -> None:
    assert Settings(share_parameter=name).share_parameter == name


@pytest.mark.parametrize("name", ["Sh", "s h", "sh=", "1", "a" * 21, "utm_x", "ref", "sh\n"])
def test_names_that_cannot_be_the_parameter(name: str) -> None:
    with pytest.raises(UsageError, match="`share_parameter`: "):
        Settings(share_parameter=name)


def test_the_parameter_names_no_pages() -> None:
    with pytest.raises(UsageError, match="'sh' is in `page_parameter`"):
        Settings(page_parameter=("sh",))
    by_owner = PageParameters(frozenset({"id"}), lambda _name: False)
    assert by_owner.page_of("/show", "sh=k3f9x.1.k3f9x.a&id=7") == "/show?id=7"


def test_another_name_is_proposed_where_the_site_uses_it(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    own = [Hit(n, f"/show?sh=shelf{n}") for n in range(12)]
    tried = [Hit(n, f"/show?shr=what{n}", status=404) for n in range(12)]
    ids = [Hit(n, f"/story?dsh=k3f9{n % 9}.1.k3f9x.a") for n in range(12)]
    log.write_text("".join(hit.line + "\n" for hit in (*own, *tried, *ids)))
    with pytest.raises(UsageError, match="in 12 requests 'sh' means something else") as raised:
        check_unused(log, "sh")
    assert raised.value.expected == "a name that the site does not use, such as shr"
    check_unused(log, "dsh")
    assert survey(log).share_parameter == "shr"
