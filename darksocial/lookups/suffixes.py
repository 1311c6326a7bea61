"""Public suffixes: under which names anyone can register one (https://publicsuffix.org).

The package publicsuffixlist has the list and its rules. It parses all 10,000 lines, twice as many
with those of other alphabets in ASCII, before it answers for one host (a ninth of a second for both
lists). No rule holds but those that end as the host does, so the package is given these alone.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from publicsuffixlist import PSLFILE, PublicSuffixList

END_OF_REGISTRIES = "// ===END ICANN DOMAINS==="
# How names of other alphabets begin in ASCII (RFC 5890, section 2.3.2.1).
ENCODED_LABEL = "xn--"


def private_suffix(host: str) -> str | None:
    """Return the domain that one can register above a host; None for a suffix itself."""
    if ENCODED_LABEL in host.lower():
        return _whole_list().privatesuffix(host)
    return _list_of(_last_label(host)).privatesuffix(host)


def registry_suffix(host: str) -> str | None:
    """Return the suffix of a host under which a registry sells names; None if there is none.

    Those of companies are left out: anyone may call a site google.github.io.
    """
    if ENCODED_LABEL in host.lower():
        return _whole_registry_list().publicsuffix(host)
    return _registry_list_of(_last_label(host)).publicsuffix(host)


def _last_label(host: str) -> str:
    return host.removesuffix(".").rpartition(".")[2].lower()


@cache
def _list_of(last_label: str) -> PublicSuffixList:
    registries, others = _rules()
    lines = (*registries.get(last_label, ()), *others.get(last_label, ()))
    return PublicSuffixList(lines, accept_encoded_idn=False)


@cache
def _registry_list_of(last_label: str) -> PublicSuffixList:
    lines = _rules()[0].get(last_label, ())
    return PublicSuffixList(lines, accept_unknown=False, accept_encoded_idn=False)


@cache
def _whole_list() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _whole_registry_list() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


@cache
def _rules() -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """Return the rules of registries and those of others, by their last label."""
    registries, _, others = Path(PSLFILE).read_text("utf-8").partition(END_OF_REGISTRIES)
    return _by_last_label(registries), _by_last_label(others)


def _by_last_label(text: str) -> dict[str, list[str]]:
    rules: dict[str, list[str]] = {}
    for line in text.split("\n"):
        if line and not line.startswith("//"):
            rule = line.partition(" ")[0].rstrip().lower()
            rules.setdefault(rule.rpartition(".")[2].removeprefix("!"), []).append(rule)
    return rules
