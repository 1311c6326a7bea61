"""`darksocial completion`: what a shell needs to complete the commands of darksocial."""

import click

from darksocial.cli._command import described
from darksocial.cli._completion import VARIABLE
from darksocial.cli._printing import echo
from darksocial.language import gettext as _

HELP = _(
    "Print the script that lets SHELL complete commands, options, names and files.\n\n"
    "For bash, put the line of the example into ~/.bashrc; for zsh, put the same with zsh into "
    "~/.zshrc, after compinit. For fish, put `darksocial completion fish | source` into "
    "~/.config/fish/config.fish."
)


@described(
    help=HELP,
    short_help=_("Print the completion script of a shell."),
    example='eval "$(darksocial completion bash)"',
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="SHELL")
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script of a shell."""
    from click.shell_completion import get_completion_class

    program = ctx.find_root()
    complete = get_completion_class(shell)
    assert complete is not None
    echo(complete(program.command, {}, program.info_name or "darksocial", VARIABLE).source())
