"""How much of a core each test takes, so that the gate stays as short as it is.

Seconds on a clock grow with whatever else a machine does; those of a core hardly do. What a test
starts counts once it has ended and was waited for: not what commands take in the processes of
`tests.warm`, nor the JVM of Spark.
"""

import os
from collections.abc import Generator, Iterable

import pytest

MOST_SECONDS = 4.0
"""What a test in the gate may take, about two analyses of twenty lines, unless nothing else in its
file shows the same parts at work: then the longest are worth a look all the same."""
LISTED = 20
PROPERTY = "core_seconds"


def core_seconds() -> float:
    """What this process and those that it waited for have taken of a core."""
    times = os.times()
    return sum((times.user, times.system, times.children_user, times.children_system))


class CoreSeconds:
    """A plug-in that lists the tests that take most, at the end of a run of many."""

    def __init__(self) -> None:
        self.of_tests: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        """Note when a test begins, with its fixtures."""
        item.stash[BEGUN] = core_seconds()
        yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        """Hand on what it took: reports travel from the process of a test to that which prints."""
        try:
            yield
        finally:
            item.user_properties.append((PROPERTY, core_seconds() - item.stash[BEGUN]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test took from its last report."""
        if report.when == "teardown":
            taken = [
                float(str(value)) for name, value in report.user_properties if name == PROPERTY
            ]
            self.of_tests[report.nodeid] = sum(taken)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the sum, and the tests that take more than MOST_SECONDS."""
        if len(self.of_tests) >= MANY:
            terminalreporter.section("seconds of a core", sep="-")
            for line in lines_of(self.of_tests.items()):
                terminalreporter.line(line)


BEGUN = pytest.StashKey[float]()
MANY = 1000
"""Tests in a run whose times are worth a list: the gate, or `make quick`."""


def lines_of(seconds: Iterable[tuple[str, float]]) -> list[str]:
    """The sum of all tests, and those that take more than MOST_SECONDS, the longest first."""
    most = sorted(seconds, key=lambda test: -test[1])
    total = sum(taken for _name, taken in most)
    listed = [(name, taken) for name, taken in most[:LISTED] if taken > MOST_SECONDS]
    return [
        f"{total:.0f} s in {len(most)} tests. Of these, more than {MOST_SECONDS:.0f} s each:",
        *(f"{taken:6.1f} s  {name}" for name, taken in listed),
    ]
