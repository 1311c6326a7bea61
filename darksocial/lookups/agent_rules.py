"""The rules of user-agents for phones, computers and spiders, over ua-parser's fast matcher.

The package itself goes through ua-parser's legacy interface, which compiles 1,400 patterns with
Python's `re` as it is imported (a quarter of a second), and then takes 1.2 ms an agent against 0.04
ms. Nothing here asks it, so it is loaded only if somebody else does.
"""

import importlib
import sys
from functools import cache
from threading import Lock, Thread
from types import ModuleType
from typing import Any, cast

from ua_parser import BestAvailableResolver, Parser, RegexResolver
from ua_parser.core import Matchers
from ua_parser.loaders import load_lazy_builtins

LEGACY_INTERFACE = "ua_parser.user_agent_parser"


_loading = Lock()


class _OnDemand(ModuleType):
    """A module that is imported when it is first asked for something."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system asks of every module
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


def _rules_alone() -> ModuleType:
    """Return user-agents' module of rules, imported without what it takes its answers from."""
    if LEGACY_INTERFACE in sys.modules:
        return importlib.import_module("user_agents.parsers")
    sys.modules[LEGACY_INTERFACE] = _OnDemand(LEGACY_INTERFACE)
    try:
        return importlib.import_module("user_agents.parsers")
    finally:
        del sys.modules[LEGACY_INTERFACE]


_rules: Any = _rules_alone()
TABLET_FAMILIES: frozenset[str] = frozenset(_rules.TABLET_DEVICE_FAMILIES)
OTHER_FAMILY = "Other"
"""What ua-parser calls whatever no pattern fits."""


class ParsedAgent(_rules.UserAgent):  # type: ignore[misc]  # the base class ships no types
    """A user agent of the user-agents package, filled by ua-parser's fast matcher."""

    def __init__(self, text: str) -> None:
        parsed = _parser().parse(text)
        browser, system, device = parsed.user_agent, parsed.os, parsed.device
        self.ua_string = text
        self.browser = _rules.Browser(browser.family if browser else OTHER_FAMILY, (), "")
        self.device = _rules.Device(device.family if device else OTHER_FAMILY, None, None)
        self.os = (
            _rules.parse_operating_system(
                system.family, system.major, system.minor, system.patch, system.patch_minor
            )
            if system
            else _rules.OperatingSystem(OTHER_FAMILY, (), "")
        )


def load_beside() -> None:
    """Load ua-parser's patterns in a thread, beside what does not hold the interpreter's lock.

    That takes a fifth of a second. Whoever asks for an agent before waits for it.
    """
    Thread(target=_parser, name="agents").start()


def _parser() -> Parser:
    with _loading:
        return _loaded_parser()


@cache
def _loaded_parser() -> Parser:
    """Return ua-parser's best matcher, without its cache: each agent comes once."""
    domains = load_lazy_builtins()
    if BestAvailableResolver is not RegexResolver:
        return Parser(BestAvailableResolver(domains))
    # It goes through patterns once, and a generator lets other threads run between two of them.
    passed = tuple((pattern for pattern in patterns) for patterns in domains)
    return Parser(RegexResolver(cast(Matchers, passed)))
