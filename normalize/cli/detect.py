"""`normalize detect`: which language stands where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from normalize.cli.documents import documents
from normalize.errors import ExitCode, NormalizeError

if TYPE_CHECKING:
    from normalize.document import Document

_LONGEST_EXCERPT = 60


@click.command("detect")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a document, for machines.")
@click.option("--field", default="text", show_default=True, help="Field of a .jsonl row that holds the text.")
def command(files: tuple[Path, ...], as_json: bool, field: str) -> int:
    """Print the language report of FILES (standard input if there are none). Nothing is changed."""
    from normalize.cli.console import message, results

    code = ExitCode.OK
    with results() as out:
        for path in files or (Path("-"),):
            try:
                for document in documents(path, field):
                    _identify(document)
                    report = _report(document)
                    if as_json:
                        out.write(json.dumps(report, ensure_ascii=False) + "\n")
                    else:
                        _print(document, report, out)
            except NormalizeError as error:
                message(f"{path}: {error}")
                code = ExitCode.SOME_FAILED
    return int(code)


def _identify(document: Document) -> None:
    from normalize.identify import identify
    from normalize.repair import repair

    repair(document)
    document.spans = identify(document.text)


def _report(document: Document) -> dict[str, Any]:
    from normalize.compose import applied
    from normalize.report import report_of

    report = report_of(document, applied(document))
    return {name: report[name] for name in ("schema", "source", "languages", "spans")}


def _print(document: Document, report: dict[str, Any], out: Any) -> None:
    from rich.table import Table

    from normalize.cli.console import console, plain

    terminal = console(out)
    shares = ", ".join(
        f"{lang} {100 * counts['share']:.1f} %" for lang, counts in report["languages"].items()
    )
    terminal.print(f"[bold]{plain(document.path)}[/bold]: {shares or 'no text'}")
    if not report["spans"]:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column, width in (("line", 6), ("language", 8), ("sure", 4), ("kind", 9)):
        table.add_column(
            column, justify="right" if column in {"line", "sure"} else "left", no_wrap=True, min_width=width
        )
    table.add_column("text", no_wrap=True, overflow="ellipsis")
    for span in report["spans"]:
        excerpt = " ".join(document.source[span["start"] : span["end"]].split())
        table.add_row(
            str(span["line"]),
            display_code(span),
            f"{span['confidence']:.2f}",
            span["kind"],
            plain(excerpt[:_LONGEST_EXCERPT]),
        )
    terminal.print(table)


def display_code(span: dict[str, Any]) -> str:
    """`sr-Latn`: the script is told where a language has two of them."""
    two_scripts = span["lang"] in {"sr", "bs", "zh", "uz", "kk", "az", "mn", "tg"}
    return f"{span['lang']}-{span['script']}" if two_scripts else str(span["lang"])
