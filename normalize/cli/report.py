"""`normalize report`: what an earlier run did, file by file."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from normalize.errors import CannotStartError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command("report")
@click.argument("clean", type=click.Path(path_type=Path, file_okay=False), default="clean")
@click.option("--json", "as_json", is_flag=True, help="All reports as one JSON object, for machines.")
def command(clean: Path, as_json: bool) -> int:
    """Show the reports of the run that wrote CLEAN."""
    from normalize.cli.console import results
    from normalize.write import REPORTS, RUN_REPORT

    folder = clean / REPORTS
    if not folder.is_dir():
        raise CannotStartError(f"{clean}: no reports here; 'normalize run RAW {clean}' writes them")
    reports = list(_reports(folder))
    with results() as out:
        if as_json:
            run = folder / RUN_REPORT
            out.write(
                json.dumps({"run": _loaded(run), "files": reports}, ensure_ascii=False, indent=1) + "\n"
            )
        else:
            _print(reports, out)
    return int(ExitCode.OK)


def _reports(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.json")):
        report = _loaded(path)
        if isinstance(report, dict) and "source" in report:
            yield report


def _loaded(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _print(reports: list[dict[str, Any]], out: Any) -> None:
    from rich.table import Table

    from normalize.cli.console import console, plain

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("file", overflow="fold", min_width=16)
    table.add_column("languages", overflow="fold")
    for name in ("translated", "paired", "failed", "removed", "repairs"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    table.add_column("remarks", overflow="fold")
    for report in reports:
        spans = Counter(span["action"] for span in report["spans"])
        removed = len(report["removed"])
        if rows := report.get("rows"):
            spans.update(rows["spans"])
            removed = sum(rows["removed"].values())
        flags = Counter(flag for span in report["spans"] for flag in span["flags"])
        remarks = [*report.get("flags", []), *(f"{flag} ×{count}" for flag, count in sorted(flags.items()))]
        if report["error"]:
            remarks.insert(0, f"[red]failed: {plain(report['error']['message'])}[/red]")
        shares = " ".join(
            f"{lang} {100 * counts['share']:.0f}%" for lang, counts in report["languages"].items()
        )
        table.add_row(
            plain(report["source"]["path"]),
            shares,
            *(
                str(count or "")
                for count in (
                    spans["translated"],
                    spans["paired"],
                    spans["failed"],
                    removed,
                    len(report["repairs"]),
                )
            ),
            ", ".join(remarks),
        )
    console(out).print(table)
