"""Which tests take long, and how long their series are.

`make quick` leaves out what is `slow` and what needs `spark`. A series of kills, of damage or of
worlds is as long as its kinds in the gate, so that the gate takes minutes, and what is `long` is
left out: tests of more than four seconds of one core whose file has others that show the same
parts at work. `--full` (`make full`, and for some `make kills`, `make accuracy`, `make spark`) runs
everything.
"""

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from darksocial.cli._main import GARBAGE_THRESHOLDS
from tests.cpu import CoreSeconds
from tests.scheduling import ByFile, needs_spark

SLOW = frozenset(
    {
        "test_accuracy",
        "test_agents",
        "test_any_night",
        "test_attribution",
        "test_before",
        "test_campaign_report",
        "test_cannot_tell",
        "test_check_outputs",
        "test_checks",
        "test_cli",
        "test_compiled",
        "test_completion",
        "test_conduct",
        "test_corpora",
        "test_countries",
        "test_daily",
        "test_day_outputs",
        "test_detection",
        "test_directives",
        "test_directory",
        "test_ends",
        "test_engine_steps",
        "test_engines",
        "test_evaluate",
        "test_export_rows",
        "test_exports",
        "test_exports_containers",
        "test_exports_once",
        "test_extras",
        "test_files",
        "test_formats",
        "test_fuzz",
        "test_goals",
        "test_hostile",
        "test_hostile_places",
        "test_hostile_text",
        "test_ids_in_stores",
        "test_inert",
        "test_inert_outputs",
        "test_init",
        "test_keys",
        "test_likely_bots",
        "test_lines",
        "test_mapping",
        "test_markdown",
        "test_masking",
        "test_memory",
        "test_nightly",
        "test_nightly_campaigns",
        "test_nightly_events",
        "test_nightly_kills",
        "test_notebook",
        "test_odd_files",
        "test_offline",
        "test_order",
        "test_own_domain",
        "test_ownership",
        "test_page",
        "test_page_browser",
        "test_page_kinds_browser",
        "test_pages",
        "test_partners",
        "test_paths",
        "test_periods",
        "test_priors",
        "test_progress",
        "test_proxies",
        "test_public_verbs",
        "test_reading",
        "test_real",
        "test_recipes",
        "test_records",
        "test_redaction",
        "test_selection",
        "test_sessions",
        "test_shares",
        "test_shop_sample",
        "test_signals",
        "test_simulate",
        "test_snippet_browsers",
        "test_sql",
        "test_start",
        "test_stopping",
        "test_store_damage",
        "test_store_recover",
        "test_store_state",
        "test_summary",
        "test_taught",
        "test_terminal",
        "test_time_format",
        "test_times",
        "test_tracked_shares",
        "test_tracked_world",
        "test_two_formats",
        "test_widths",
        "test_worlds",
        "test_worlds_in_logs",
        "test_wrappers",
        "test_written_numbers",
    }
)
"""Files whose tests take more than four seconds of one core together: analyses, processes, kills.

Those that read the project itself (its words, imports, docs and tests) are none of them, however
long they take: they are what an edit breaks most often."""

EXAMPLES_IN_GATE = 25
"""How many texts a property is tried with, unless its test says more: with `--full` a hundred."""

LONG_FILES = pytest.StashKey[set[Path]]()
"""The files whose tests are all marked `long`, so that none of them is in the gate."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--full`."""
    parser.addoption("--full", action="store_true", help="run long series of cases whole")


def pytest_configure(config: pytest.Config) -> None:
    """Let the session of Spark, and every process that a test starts, know of `--full`."""
    config.pluginmanager.register(CoreSeconds())
    settings.register_profile("gate", max_examples=EXAMPLES_IN_GATE)
    if config.getoption("--full"):
        os.environ["DARKSOCIAL_TESTS_FULL"] = "1"
    else:
        settings.load_profile("gate")


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether long series run whole."""
    return bool(request.config.getoption("--full"))


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    """Undo what a command does to the loggers, for the rest of the process."""
    loggers = [logging.getLogger(name) for name in ("darksocial", "darksocial.engine")]
    before = [(logger.handlers, logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, (handlers, level, propagates) in zip(loggers, before, strict=True):
        logger.handlers, logger.propagate = handlers, propagates
        logger.setLevel(level)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Divide files among processes, and what needs Spark as one of them."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Look for garbage as seldom as the commands do, and never among what importing made."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let Python clear up what importing made, as libraries expect at the end of a process."""
    gc.unfreeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their files, long series by their fixture, those on a cluster by their name.

    Files are divided among processes. Those that take long come first: a long one that begins last
    would run alone.
    """
    for item in items:
        file = Path(item.path).stem
        if file in SLOW:
            item.add_marker("slow")
        if needs_spark(item.nodeid):
            item.add_marker("spark")
        elif "full" in getattr(item, "fixturenames", ()):
            item.add_marker("accuracy" if file == "test_accuracy" else "kills")
    items.sort(key=_turn)
    long = [item for item in items if item.get_closest_marker("long")]
    config.stash[LONG_FILES] = {item.path for item in long} - {
        item.path for item in items if item not in long
    }
    if not config.getoption("--full"):
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def _turn(item: pytest.Item) -> int:
    """Return when a test has its turn: those with Spark take longest of all."""
    return 0 if item.get_closest_marker("spark") else 1 if item.get_closest_marker("slow") else 2
