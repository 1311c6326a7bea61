"""Every error that darksocial raises, with the exit code that the command line gives it.

    DarkSocialError             70   a failure that nobody foresaw (EX_SOFTWARE of sysexits.h)
    ├── UsageError               2   a wrong option, argument or configuration
    ├── InputError               3   an input that cannot be read, or nothing parsed in it
    └── OutputError              4   a result that cannot be written

A message has three parts: what was seen, what was expected, and what to do. The exit code 1 is no
error: it means that a check, or `store verify`, found something.
"""


class DarkSocialError(Exception):
    """The root of all errors that darksocial raises on purpose."""

    exit_code = 70

    def __init__(self, seen: str, *, expected: str = "", advice: str = "") -> None:
        super().__init__(seen)
        self.seen = seen
        self.expected = expected
        self.advice = advice

    def __str__(self) -> str:
        parts = [self.seen]
        if self.expected:
            parts.append(f"Expected: {self.expected}")
        if self.advice:
            parts.append(f"Try: {self.advice}")
        return "\n".join(parts)


class UsageError(DarkSocialError):
    """An option, an argument or a configuration key that cannot be used as given."""

    exit_code = 2


class InputError(DarkSocialError):
    """An input that cannot be read, or in which nothing could be parsed."""

    exit_code = 3


class OutputError(DarkSocialError):
    """A result that could not be written; what stood there before is untouched."""

    exit_code = 4
