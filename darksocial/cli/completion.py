"""`darksocial completion`: what a shell needs to complete the commands of darksocial."""

import click

from darksocial.cli._completion import VARIABLE
from darksocial.cli._printing import echo


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options, names and files.

    \b
    bash, in ~/.bashrc:                    eval "$(darksocial completion bash)"
    zsh, in ~/.zshrc behind compinit:      eval "$(darksocial completion zsh)"
    fish, in ~/.config/fish/config.fish:   darksocial completion fish | source
    """
    from click.shell_completion import get_completion_class

    program = ctx.find_root()
    complete = get_completion_class(shell)
    assert complete is not None
    echo(complete(program.command, {}, program.info_name or "darksocial", VARIABLE).source())
