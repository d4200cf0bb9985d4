"""`normalize explain`: a document with what is removed from it, and by which rule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from normalize.cli.documents import documents
from normalize.cli.options import settings_of, shared
from normalize.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from rich.text import Text

    from normalize.pipeline import Result

REMOVED = "red strike"
MARK = "✗"


@click.command("explain")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--removed", "only_removed", is_flag=True, help="Show only the lines that lose something.")
@click.option("--field", default="text", show_default=True, help="Field of a .jsonl row that holds the text.")
@shared
def command(file: Path, only_removed: bool, field: str, **options: Any) -> int:
    """Show FILE (- for standard input) with what is removed from it, by category and rule.

    Nothing is written. A removed line is struck out and followed by its category and its rule; give the
    category to --keep, or a pattern of your own to --drop, to change what happens.
    """
    from normalize import Normalizer
    from normalize.cli.console import message, results

    normalizer = Normalizer(settings_of(options))
    with results() as out:
        failed = False
        for result in normalizer.documents(documents(file, field)):
            if result.report["error"] is not None or result.document is None:
                failed = True
                message(f"{file}: {(result.report['error'] or {}).get('message', 'failed')}")
            else:
                _show(result, result.document.source, out, only_removed)
    return int(ExitCode.SOME_FAILED if failed else ExitCode.OK)


def _show(result: Result, source: str, out: TextIO, only_removed: bool) -> None:
    from rich.table import Table

    from normalize.cli.console import console, plain

    screen = console(out)
    table = Table(box=None, padding=(0, 1, 0, 0), show_header=False)
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True, style="red")
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="yellow", max_width=48)
    for number, text, reasons in _lines(source, result.report["removed"]):
        if reasons or not only_removed:
            table.add_row(str(number), MARK if reasons else "", text, "\n".join(reasons))
    screen.print(f"[bold]{plain(result.report['source']['path'])}[/bold]")
    screen.print(table)
    for name in ("title", "date", "author"):
        if result.report[name]:
            screen.print(f"[dim]{name}:[/dim] {plain(str(result.report[name]))}")
    for flag in result.report.get("flags", []):
        screen.print(f"[dim]flag:[/dim] {plain(flag)}")
    counts = Counter(removal["category"] for removal in result.report["removed"])
    said = ", ".join(f"{category} {count}" for category, count in counts.most_common())
    screen.print(f"[dim]removed:[/dim] {said or 'nothing'}")


def _lines(source: str, removed: list[Any]) -> Iterator[tuple[int, Text, list[str]]]:
    """Each line that holds anything: its number, the line with its removed parts struck out, the reasons."""
    from rich.text import Text

    from normalize.cli.console import printable

    waiting = sorted(removed, key=lambda removal: removal["start"])
    first, start = 0, 0
    for number, line in enumerate(source.split("\n"), 1):
        end = start + len(line)
        text, reasons, at = Text(), [], start
        while first < len(waiting) and waiting[first]["start"] < max(end, start + 1):
            removal = waiting[first]
            low, high = max(removal["start"], at), min(removal["end"], end)
            text.append(printable(source[at:low]))
            text.append(printable(source[low:high]), style=REMOVED)
            reasons.append(f"{removal['category']} · {printable(removal['rule'])}")
            at = max(high, at)
            if removal["end"] > end:
                break  # goes on in the next line
            first += 1
        text.append(printable(source[at:end]))
        if line.strip():
            yield number, text, reasons
        start = end + 1
