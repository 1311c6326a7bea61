"""The command line: one file per command, and this folder is the registry.

A command's file holds its options, one call of the library, and what it prints. Click and rich
appear here and in the terminal report, nowhere else. Modules load what is heavy inside the
command, so that `--help` answers at once.
"""

from darksocial.scratch import stopping

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit. Signals are handled before anything else is loaded."""
    stopping.arm()

    from darksocial.cli._main import run

    run()
