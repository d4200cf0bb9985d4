"""`normalize cache`: the translation memory."""

from __future__ import annotations

from pathlib import Path

import click

from normalize.errors import ExitCode

_FILE = click.option(
    "--memory",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The memory's file, if it is not the usual one.",
)


@click.group("cache")
def command() -> None:
    """Look into the translation memory, or clear it.

    It keeps what the models said, so that no sentence is translated twice. Clearing it costs only time.
    """


@command.command("info")
@_FILE
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def info(memory: Path | None, as_json: bool) -> int:
    """Show where the memory is, how many sentences it holds, and its size."""
    import json

    from normalize.translate.memory import Memory, default_path

    path = memory or default_path()
    size = path.stat().st_size if path.is_file() else 0
    count = Memory(path).count() if size else 0
    if as_json:
        click.echo(json.dumps({"path": str(path), "sentences": count, "bytes": size}, ensure_ascii=False))
    else:
        click.echo(f"{path}\n{count} sentences, {size / 1e6:.1f} MB")
    return int(ExitCode.OK)


@command.command("clear")
@_FILE
def clear(memory: Path | None) -> int:
    """Forget all remembered translations."""
    from normalize.errors import OutputError
    from normalize.translate.memory import Memory, default_path

    path = memory or default_path()
    try:
        count = Memory(path).clear() if path.exists() else 0
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror}).") from error
    click.echo(f"{count} sentences forgotten")
    return int(ExitCode.OK)
