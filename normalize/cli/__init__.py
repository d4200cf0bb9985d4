"""The command line: options in, exit status out. The work is done by the library.

A command is imported when it is called, and not before: `normalize --help` answers at once.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from normalize import __version__
from normalize.errors import ExitCode, NormalizeError

COMMANDS = {
    "run": "Convert a folder of documents into clean English ones.",
    "filter": "Standard input to standard output: text in, clean English out.",
    "translate": "Translate lines of standard input, one by one.",
    "detect": "Print the language report of files, change nothing.",
    "report": "Show the reports of an earlier run.",
    "explain": "Show a document with what is removed from it, and why.",
    "models": "List, install, remove and verify translation models.",
    "cache": "Look into the translation memory, or clear it.",
}


class LazyGroup(click.Group):
    """A group that imports `normalize.cli.<name>` for its command of that name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, in the order of their use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, and give every option of it its environment variable."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"normalize.cli.{cmd_name}")
        command: click.Command = module.command
        _with_environment(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _with_environment(command: click.Command) -> None:
    """`--keep-boilerplate` can be set by NORMALIZE_KEEP_BOILERPLATE, and so on for every option."""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.envvar is None and parameter.name:
            option = max(parameter.opts, key=len).lstrip("-").replace("-", "_").upper()
            parameter.envvar = f"NORMALIZE_{option}"
            parameter.show_envvar = True
    if isinstance(command, click.Group):
        for child in command.commands.values():
            _with_environment(child)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="normalize")
def cli() -> None:
    """Turn scraped, mixed-language, cluttered documents into clean, uniform English ones, offline."""


def main(arguments: list[str] | None = None) -> None:
    """Entry point: run a command and exit with its status."""
    sys.exit(status(arguments))


def status(arguments: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    from normalize.cli.console import printable

    def complain(message: str) -> None:
        click.echo(f"normalize: {printable(message)}", err=True)

    try:
        outcome: Any = cli.main(args=arguments, prog_name="normalize", standalone_mode=False)
        sys.stdout.flush()
        return int(outcome or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return int(ExitCode.USAGE)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        complain(error.format_message())
        if context is not None:
            click.echo(f"Try '{context.command_path} --help' for help.", err=True)
        return int(ExitCode.USAGE)
    except NormalizeError as error:
        complain(str(error))
        return int(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted")
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone: nothing is left to say, and nobody to say it to.
        sys.stdout = None
        return int(ExitCode.SOME_FAILED)
