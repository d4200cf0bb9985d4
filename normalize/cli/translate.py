"""`normalize translate`: lines in, English lines out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from normalize.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Lines that travel together: enough to fill batches, few enough to show results soon.
WINDOW = 2000


@click.command("translate")
@click.option("--from", "source", required=True, metavar="LANG", help="Language of the lines (sr, zh, …).")
@click.option(
    "--models",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder with translation models that come before all others.",
)
@click.option(
    "--lock",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Use the models of this lock only.",
)
@click.option("--no-memory", is_flag=True, help="Do not use the translation memory.")
@click.option("--threads", default=0, show_default=True, help="Processor cores to use; 0 for all.")
@click.option(
    "--translator",
    default="argos",
    show_default=True,
    help="Which translator: argos, openai, or one of a plug-in.",
)
@click.option(
    "--base-url", metavar="URL", help="Address of a local OpenAI-compatible server, for --translator openai."
)
@click.option("--allow-remote", is_flag=True, help="Allow a --base-url that is not on this machine.")
@click.option("--model", metavar="NAME", help="Model to ask that server for.")
def command(
    source: str,
    models: Path | None,
    lock: Path | None,
    no_memory: bool,
    threads: int,
    translator: str,
    base_url: str | None,
    allow_remote: bool,
    model: str | None,
) -> int:
    """Translate each line of standard input into English: one line in, one line out, in order.

    A line that cannot be translated comes out as it went in, is named on standard error, and makes the exit
    status 3. Doubtful translations are named as well.
    """
    from normalize.cli.console import message, results
    from normalize.errors import ModelError
    from normalize.translate import TranslateOptions, Translation

    translation = Translation(
        TranslateOptions(
            models=models,
            lock=lock,
            memory=False if no_memory else None,
            threads=threads,
            translator=translator,
            base_url=base_url,
            allow_remote=allow_remote,
            model=model,
        )
    )
    if not translation.available(source):
        raise ModelError(
            f"There is no model for the language “{source}”. "
            f"`normalize models install {source}` may get one, "
            "`normalize models list` shows those that are there."
        )
    failed = 0
    with results() as out:
        number = 0
        for window in _windows():
            for result in translation.translate_lines(window, source):
                number += 1
                out.write(" ".join(result.text.split("\n")) + "\n")
                if not result.ok or "partly-untranslated" in result.flags:
                    failed += 1
                    message(f"line {number}: not translated ({', '.join(result.flags) or 'no translation'})")
                elif result.flags:
                    message(f"line {number}: doubtful ({', '.join(result.flags)})")
            out.flush()
    return int(ExitCode.UNTRANSLATED if failed else ExitCode.OK)


def _windows() -> Iterator[list[str]]:
    window: list[str] = []
    for raw in sys.stdin.buffer:
        window.append(raw.decode("utf-8", "replace").rstrip("\r\n"))
        if len(window) >= WINDOW:
            yield window
            window = []
    if window:
        yield window
