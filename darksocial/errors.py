"""Every error that darksocial raises, with the exit code that the command line gives it.

    DarkSocialError             70   a failure that nobody foresaw (EX_SOFTWARE of sysexits.h)
    ├── UsageError               2   a wrong option, argument or configuration
    ├── InputError               3   an input that cannot be read, or nothing parsed in it
    └── OutputError              4   a result that cannot be written

A message has three parts: the problem, what was expected, and what to do. The exit code 1 is no
error: it means that a check, or `store verify`, found something.
"""

from darksocial.language import gettext as _


class DarkSocialError(Exception):
    """The root of all errors that darksocial raises on purpose."""

    exit_code = 70

    def __init__(self, problem: str, *, expected: str = "", advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected
        self.advice = advice

    def __str__(self) -> str:
        parts = [self.problem]
        if self.expected:
            parts.append(_("Expected: {expected}").format(expected=self.expected))
        if self.advice:
            parts.append(_("Try: {advice}").format(advice=self.advice))
        return "\n".join(parts)


class UsageError(DarkSocialError):
    """An option, an argument or a configuration key that cannot be used as given."""

    exit_code = 2


class InputError(DarkSocialError):
    """An input that cannot be read, or in which nothing could be parsed."""

    exit_code = 3


class OutputError(DarkSocialError):
    """A result that could not be written; the earlier result is untouched."""

    exit_code = 4
