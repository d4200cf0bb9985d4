"""`normalize filter`: in front of other tools."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from normalize.cli.options import settings_of, shared
from normalize.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command("filter")
@shared
@click.option("--jsonl", is_flag=True, help="Read and write JSON lines; each gets a 'report'.")
@click.option("--field", default="text", show_default=True, help="Field of a row that holds the text.")
def command(jsonl: bool, field: str, **options: Any) -> int:
    """Read text from standard input, write clean English to standard output.

    With --jsonl row by row: the field is replaced, and a field 'report' is added.
    """
    from normalize.cli.console import message, read_standard_input, results
    from normalize.pipeline import Normalizer

    normalizer = Normalizer(settings_of(options, format="txt"))
    normalizer.check()
    with results() as out:
        if jsonl:
            return _rows(normalizer, field, out, message)
        from normalize.read import document_of

        data = read_standard_input()
        if not data.strip():
            return int(ExitCode.OK)
        result = next(normalizer.documents([document_of(data, "-", "txt")]))
        if result.report["error"]:
            message(result.report["error"]["message"])
            return int(ExitCode.SOME_FAILED)
        out.write(result.text)
    return int(ExitCode.OK if result.ok else ExitCode.UNTRANSLATED)


def _rows(normalizer: Any, field: str, out: Any, message: Any) -> int:
    from normalize.batch import rows_out

    failed = untranslated = 0
    for row, report in rows_out(normalizer, _lines(), "-", field):
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        if report["error"]:
            failed += 1
            message(report["error"]["message"])
        untranslated += any(span["action"] == "failed" for span in report["spans"])
    if failed:
        return int(ExitCode.SOME_FAILED)
    return int(ExitCode.UNTRANSLATED if untranslated else ExitCode.OK)


def _lines() -> Iterator[tuple[int, str]]:
    # JSON is UTF-8 by its standard; a byte that is not becomes a mark, and the row goes on.
    for number, line in enumerate(sys.stdin.buffer, start=1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
        if text:
            yield number, text
