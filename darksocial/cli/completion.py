"""`darksocial completion`: what a shell needs to complete the commands of darksocial."""

import click

from darksocial.cli._command import Name, described
from darksocial.cli._completion import COMPLETE_VARIABLE
from darksocial.cli._printing import echo
from darksocial.language import gettext as _

HELP = _(
    "Print the script that lets SHELL complete commands, options, names and files.\n\n"
    "\b\n"
    'bash, in ~/.bashrc:                    eval "$(darksocial completion bash)"\n'
    'zsh, in ~/.zshrc behind compinit:      eval "$(darksocial completion zsh)"\n'
    "fish, in ~/.config/fish/config.fish:   darksocial completion fish | source"
)


@described(
    help=HELP,
    short_help=_("Print the completion script of a shell."),
    example="darksocial completion bash",
)
@click.argument("shell", type=Name(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script for a shell."""
    from click.shell_completion import get_completion_class

    program = ctx.find_root()
    complete = get_completion_class(shell)
    assert complete is not None
    name = program.info_name or "darksocial"
    echo(complete(program.command, {}, name, COMPLETE_VARIABLE).source())
