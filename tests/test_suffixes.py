"""Suffixes are those of the package publicsuffixlist, for every rule of its list."""

from pathlib import Path

from publicsuffixlist import PSLFILE, PublicSuffixList

from darksocial.lookups.suffixes import private_suffix, registry_suffix

WHOLE_LIST = PublicSuffixList()
REGISTRIES = PublicSuffixList(accept_unknown=False, only_icann=True)
LINES = Path(PSLFILE).read_text("utf-8").splitlines()
RULES = [line.split()[0] for line in LINES if line and not line.startswith("//")]
UNLISTED = ["localhost", "a.notlisted", "b.a.notlisted", "", "a..com", ".com", "com.", "a.B.CO.UK"]


def test_suffixes_are_those_of_the_whole_list() -> None:
    assert len(RULES) > 9_000
    names = {rule.lstrip("!").replace("*", "any") for rule in RULES}
    names |= {name.removeprefix("any.") for name in names}
    names |= {name.encode("idna").decode("ascii") for name in names if not name.isascii()}
    for host in [*(f"{above}{name}" for name in names for above in ("", "b.a.")), *UNLISTED]:
        assert private_suffix(host) == WHOLE_LIST.privatesuffix(host), host
        assert registry_suffix(host) == REGISTRIES.publicsuffix(host), host
