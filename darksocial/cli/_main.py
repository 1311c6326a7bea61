"""The group of commands, the configuration file behind them, and the one error boundary."""

import atexit
import errno
import gc
import importlib
import os
import pkgutil
import signal
import sys
from pathlib import Path

import click

from darksocial import __version__
from darksocial.cli._configuration import DEFAULT_NAME, defaults, read_configuration
from darksocial.cli._printing import echo, guard
from darksocial.errors import DarkSocialError, OutputError
from darksocial.printable import printable

COLLECT = (500_000, 20, 100)
"""When garbage is looked for: building queries makes many small objects that stay, and looking
through them again and again took a tenth of the start-up."""


class Commands(click.Group):
    """A group whose commands are the modules of this folder, loaded when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        folder = [str(Path(__file__).parent)]
        names = (module.name for module in pkgutil.iter_modules(folder))
        return sorted(name for name in names if not name.startswith("_"))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `--config FILE` before and behind the command's name."""
        for at, word in enumerate(args):
            if word == "--":
                break
            if word == "--config" and at + 1 < len(args):
                args = [word, args[at + 1], *args[:at], *args[at + 2 :]]
            elif word.startswith("--config="):
                args = [word, *args[:at], *args[at + 1 :]]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"darksocial.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "DARKSOCIAL"},
)
@click.version_option(__version__, prog_name="darksocial")
@click.option(
    "--config",
    "config_path",
    envvar="DARKSOCIAL_CONFIG",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Read defaults of options from FILE.  [default: {DEFAULT_NAME}, if there is one]",
)
@click.pass_context
def darksocial(ctx: click.Context, config_path: Path | None) -> None:
    """Find the visits that web analytics books as Direct although a link was passed on.

    darksocial reads web-server logs, weighs the evidence of each visit, and says which of them
    came from a link in a private message, through which app, and how sure that is.
    """
    path = config_path or Path(DEFAULT_NAME)
    if config_path or path.exists():
        assert isinstance(ctx.command, click.Group)
        ctx.default_map = defaults(read_configuration(path), path, ctx.command, ctx)
        ctx.obj = path


def _terminated(number: int, frame: object) -> None:
    """Leave by way of an exception, so that scratch files are removed."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 input
    unreadable or nothing parsed, 4 output could not be written."""
    signal.signal(signal.SIGTERM, _terminated)
    gc.set_threshold(*COLLECT)
    guard()
    try:
        code = _run()
        sys.stdout.flush()
    except DarkSocialError as error:
        told = "\n".join(map(printable, str(error).split("\n")))
        echo(f"darksocial: {told}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of a pipe left (`| head`): what it wanted it has, and nothing is wrong.
        _print_no_more()
        sys.exit(0)
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        _print_no_more()
        echo("darksocial: what is printed could not be written: no space left", err=True)
        sys.exit(OutputError.exit_code)
    if code or "duckdb" not in sys.modules:
        sys.exit(code)
    # All is written and closed: taking down the libraries would take a fifth of a second.
    atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(0)


def _print_no_more() -> None:
    """Let what is still to be printed go nowhere, so that leaving does not try again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run() -> str | int | None:
    """Run the command, and return what click would leave the process with."""
    try:
        darksocial(prog_name="darksocial")
    except SystemExit as left:
        return left.code
    return 0
