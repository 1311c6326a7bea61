"""The group of commands, the configuration file behind them, and how the process ends."""

import atexit
import gc
import importlib
import os
import sys
from functools import cached_property
from pathlib import Path

import click

from darksocial._version import __version__
from darksocial.cli._arrow import arrow_without_pandas
from darksocial.cli._boundary import exit_code_of, say
from darksocial.cli._command import HELP_SETTINGS
from darksocial.cli._completion import COMPLETE_VARIABLE, completing
from darksocial.cli._configuration import (
    DEFAULT_NAME,
    Configuration,
    defaults,
    read_configuration,
)
from darksocial.cli._printing import guard
from darksocial.cli._streams import lost, open_streams
from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.plugins import names_in, nearest
from darksocial.scratch import stopping

GARBAGE_THRESHOLDS = (500_000, 20, 100)
"""When Python looks for garbage. Building queries makes many small objects that stay, and looking
through them again and again took a tenth of the start-up."""
HELP = _(
    "Find the visits that web analytics books as Direct although they came from a privately shared "
    "link.\n\n"
    "darksocial reads web-server logs, weighs the evidence of each visit, and estimates which of "
    "them came from a link in a private message, through which app, and how sure that is."
)


class Commands(click.Group):
    """A group whose commands are the modules of this folder, loaded when they are needed."""

    @cached_property
    def _names(self) -> list[str]:
        return names_in("cli")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, which are those of the modules."""
        return list(self._names)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `--config FILE` before and after the command's name."""
        for position, word in enumerate(args):
            before, after = args[:position], args[position + 1 :]
            if word == "--":
                break
            if word == "--config" and after:
                args = [word, after[0], *before, *after[1:]]
            elif word.startswith("--config="):
                args = [word, *before, *after]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; answer a name that does not exist with the nearest one."""
        near = nearest(args[0], self.list_commands(ctx))
        if near and near != args[0]:
            message = _("There is no command {name!r}. Did you mean {near!r}?")
            ctx.fail(message.format(name=args[0], near=near))
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a module; None if there is no such module."""
        if cmd_name not in self._names:
            return None
        module = importlib.import_module(f"darksocial.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return completing(cmd_name, command)


@click.group(
    cls=Commands,
    help=HELP,
    context_settings={**HELP_SETTINGS, "auto_envvar_prefix": "DARKSOCIAL"},
)
@click.version_option(__version__, prog_name="darksocial")
@click.option(
    "--config",
    "config_path",
    envvar="DARKSOCIAL_CONFIG",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Read defaults of options from FILE.  [default: darksocial.toml, if it exists]"),
)
@click.pass_context
def darksocial(ctx: click.Context, config_path: Path | None) -> None:
    """Read the configuration, which sets the defaults of the command."""
    path = config_path or Path(DEFAULT_NAME)
    if ctx.invoked_subcommand == "completion":  # a shell starts, wherever that is
        return
    if config_path or path.exists():
        assert isinstance(ctx.command, click.Group)
        content = read_configuration(path)
        ctx.default_map = defaults(content, path, ctx.command, ctx)
        ctx.obj = Configuration(path, content)


def run() -> None:
    """Run the command line and exit. Exit codes: 0 done, 1 a check found something, 2 wrong usage,
    3 input unreadable or nothing parsed, 4 output could not be written, 70 an unforeseen failure,
    128 + N ended by signal N."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    arrow_without_pandas()
    printed = open_streams()
    if COMPLETE_VARIABLE not in os.environ:  # Click writes bytes to a shell that asks
        guard()
    code = exit_code_of(_command)
    sys.stdout.flush()
    if reason := lost(printed):
        say(_("What is printed could not be written: {reason}.").format(reason=reason))
        code = code or OutputError.exit_code
    _leave(code)


def _command() -> int:
    """Run the command, and return what it would leave the process with."""
    try:
        code = darksocial(prog_name="darksocial", standalone_mode=False)
    except SystemExit as left:
        code = left.code
    return int(code or 0)


def _leave(code: int) -> None:
    if "duckdb" not in sys.modules:
        stopping.disarm()
        sys.exit(code)
    # All is written and closed: taking down the libraries would take a fifth of a second.
    atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(code)
