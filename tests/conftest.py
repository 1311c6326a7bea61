"""Which tests take long: `make quick` leaves out what is `slow` and what needs `spark`."""

from pathlib import Path

import pytest

SLOW = frozenset(
    {
        "test_accuracy",
        "test_directory",
        "test_ends",
        "test_evaluate",
        "test_exports_once",
        "test_fuzz",
        "test_hostile",
        "test_inert_outputs",
        "test_memory",
        "test_nightly",
        "test_order",
        "test_ownership",
        "test_public_verbs",
        "test_recipes",
        "test_stopping",
        "test_store_damage",
        "test_store_recover",
        "test_store_state",
    }
)
"""Files of tests in which real processes are started, killed or filled up, or stores are made."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their files, and those of the engine on a cluster by their name."""
    for item in items:
        file = Path(item.path).stem
        if file in SLOW:
            item.add_marker("slow")
        if file == "test_spark" or "spark" in item.name:
            item.add_marker("spark")
