"""`normalize run`: a folder in, a folder out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from normalize.cli.options import settings_of, shared

if TYPE_CHECKING:
    from normalize.batch import Done, Summary


@click.command("run")
@click.argument("raw", type=click.Path(path_type=Path), default="raw")
@click.argument("clean", type=click.Path(path_type=Path), default="clean")
@shared
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["md", "txt", "jsonl"]),
    default="md",
    show_default=True,
    help="Format of the output.",
)
@click.option("--field", default="text", show_default=True, help="Field of a .jsonl row that holds the text.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Worker processes.  [default: one per processor]"
)
@click.option("--force", is_flag=True, help="Convert again what is done already.")
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
@click.option("--quiet", is_flag=True, help="Print nothing but failures.")
def command(
    raw: Path,
    clean: Path,
    fmt: Any,
    field: str,
    jobs: int | None,
    force: bool,
    dry_run: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """Convert every document below RAW (a folder or one file) into CLEAN.

    Reads .txt, .md, .html, .jsonl, and .gz of each. What an earlier run has done is not done again, unless
    the source, the settings or the models have changed.
    """
    from normalize.batch import Run, run
    from normalize.cli.console import message, results
    from normalize.cli.progress import progress

    settings = settings_of(options, format=fmt)
    job = Run(raw, clean, settings, jobs or os.cpu_count() or 1, force, dry_run, field)
    with results() as out, progress(quiet=quiet) as bar:

        def done(item: Done) -> None:
            error = item.report["error"]
            if error:
                bar.pause(lambda: message(f"{item.relative}: {error['message']}"))
            bar.advance()

        summary = run(job, bar.start, done)
    if not quiet:
        _print(summary, job.clean, dry_run=dry_run, out=out)
    return int(summary.exit_code)


def _print(summary: Summary, clean: Path, *, dry_run: bool, out: Any) -> None:
    from rich.table import Table

    from normalize.cli.console import console, plain

    total = sum(summary.letters.values()) or 1
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("files", f"{summary.files}")
    table.add_row("written" if not dry_run else "would write", f"{summary.written}")
    if summary.skipped:
        table.add_row("done before", f"{summary.skipped}")
    shares = ", ".join(
        f"{lang} {100 * count / total:.1f} %" for lang, count in summary.letters.most_common(8)
    )
    table.add_row("languages", shares or "none")
    table.add_row("spans translated", f"{summary.translated}")
    table.add_row("spans dropped beside their English", f"{summary.paired}")
    table.add_row("spans left untranslated", f"{summary.untranslated}")
    table.add_row("lines removed", f"{summary.removed}")
    table.add_row("failures", f"{len(summary.failures)}")
    table.add_row("seconds", f"{summary.seconds:.1f}")
    terminal = console(out)
    terminal.print(table)
    if summary.untranslated:
        terminal.print(
            "Untranslated spans stand in the output as \\[untranslated …: …]. "
            "What can be translated: normalize models list"
        )
    if not dry_run and summary.files:
        terminal.print(f"What was done to each file: normalize report {plain(str(clean))}")
