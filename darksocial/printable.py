"""Text from a log, made safe for a terminal."""


def printable(text: str) -> str:
    """Return `text` with control and other invisible characters as U+FFFD.

    What comes out of a log can hold escape sequences that would take over the terminal.
    """
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
