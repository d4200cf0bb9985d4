"""A run over a folder: every file converted, every failure told, nothing half-written."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import time
from collections import Counter, deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from normalize import __version__
from normalize.document import Document
from normalize.errors import ExitCode, InputError, NormalizeError
from normalize.pipeline import Normalizer, Result, from_text, unexpected
from normalize.read import format_of, read_file, read_rows
from normalize.read.discover import Found, check, discover
from normalize.report import Report, failed
from normalize.write import (
    REPORTS,
    RUN_REPORT,
    atomic,
    output_path,
    rendered,
    report_path,
    write_bytes,
    write_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from normalize.boilerplate import LineRepetition
    from normalize.pipeline import Settings

# Below this many files, starting worker processes costs more than they save.
FEWEST_FILES_FOR_WORKERS = 24
# Lines can be told to be furniture of a site only from several of its pages.
FEWEST_FILES_FOR_REPETITION = 4


@dataclass
class Run:
    """What a run is asked for."""

    raw: Path
    clean: Path
    settings: Settings
    jobs: int = 1
    force: bool = False
    dry_run: bool = False
    field: str = "text"


@dataclass
class Summary:
    """What a run did. `rows` holds one line per file for the table."""

    files: int = 0
    written: int = 0
    skipped: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)
    untranslated: int = 0
    translated: int = 0
    paired: int = 0
    removed: int = 0
    letters: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def exit_code(self) -> ExitCode:
        """The status that the command ends with."""
        if self.failures:
            return ExitCode.SOME_FAILED
        return ExitCode.UNTRANSLATED if self.untranslated else ExitCode.OK


class Done(NamedTuple):
    """A file that has been dealt with."""

    relative: str
    report: Report
    skipped: bool = False


def run(job: Run, on_found: Callable[[int], None], on_done: Callable[[Done], None]) -> Summary:
    """Convert a file or everything below a folder.

    Args:
        job: What to do.
        on_found: Called once with the number of files.
        on_done: Called after each file.

    Raises:
        CannotStartError: There is no such input, or the user's rules make no sense.
        UsageError: Input and output lie inside each other.
    """
    started = time.perf_counter()
    check(job.raw, job.clean)
    found = discover(job.raw)
    on_found(len(found))
    normalizer = Normalizer(job.settings)
    normalizer.check()
    summary = Summary(files=len(found))
    fingerprint = _fingerprint(job)
    for done in _convert(job, normalizer, found, fingerprint):
        _count(summary, done)
        on_done(done)
    summary.seconds = time.perf_counter() - started
    if not job.dry_run:
        write_json(job.clean / REPORTS / RUN_REPORT, _run_report(job, normalizer, summary))
    return summary


def _convert(job: Run, normalizer: Normalizer, found: list[Found], fingerprint: str) -> Iterator[Done]:
    singles: list[Found] = []
    tables: list[Found] = []
    for item in found:
        if item.problem:
            yield _failure(job, item.relative, InputError(item.problem))
        elif not job.force and (report := _finished_before(job, item, fingerprint)):
            yield Done(item.relative, report, skipped=True)
        else:
            (tables if format_of(item.relative) == "jsonl" else singles).append(item)
    yield from _convert_documents(job, normalizer, singles, found, fingerprint)
    for item in tables:
        yield _convert_table(job, normalizer, item, fingerprint)


# --- files that hold one document ---------------------------------------------------------------


def _convert_documents(
    job: Run, normalizer: Normalizer, items: list[Found], all_items: list[Found], fingerprint: str
) -> Iterator[Done]:
    repetition = _repetition(job, all_items)
    failures: deque[Done] = deque()

    def documents() -> Iterator[Document]:
        for item, outcome in _prepared(job, normalizer, items, repetition):
            if isinstance(outcome, Document):
                yield outcome
            else:
                failures.append(_failure(job, item.relative, outcome))

    for result in normalizer.finished(documents()):
        yield from _drained(failures)
        yield _written(job, result, fingerprint)
    yield from _drained(failures)


def _drained(queue: deque[Done]) -> Iterator[Done]:
    while queue:
        yield queue.popleft()


def _repetition(job: Run, items: list[Found]) -> LineRepetition | None:
    """Lines that stand in many files of the run, counted before any file is converted."""
    readable = [item for item in items if not item.problem and format_of(item.relative) != "jsonl"]
    if not job.settings.strip_boilerplate or len(readable) < FEWEST_FILES_FOR_REPETITION:
        return None
    from normalize.boilerplate import LineRepetition

    repetition = LineRepetition()
    for item in readable:
        # What cannot be read is told when the file's turn comes.
        with contextlib.suppress(Exception):
            repetition.add(item.relative, read_file(item.path, item.relative).source)
    return repetition


def _load(item: Found) -> Document:
    return read_file(item.path, item.relative)


def _prepare(normalizer: Normalizer, repetition: LineRepetition | None, item: Found) -> Document | Exception:
    """Everything that a document needs before translation; runs in worker processes."""
    try:
        return normalizer.prepared(_load(item), repetition)
    except Exception as error:  # noqa: BLE001 - one bad file never stops a run
        return error if isinstance(error, NormalizeError) else unexpected(error)


_worker_state: tuple[Normalizer, LineRepetition | None] | None = None


def _start_worker(normalizer: Normalizer, repetition: LineRepetition | None) -> None:
    global _worker_state
    _worker_state = normalizer, repetition


def _work(item: Found) -> Document | Exception:
    assert _worker_state is not None  # noqa: S101
    return _prepare(*_worker_state, item)


def _prepared(
    job: Run, normalizer: Normalizer, items: list[Found], repetition: LineRepetition | None
) -> Iterator[tuple[Found, Document | Exception]]:
    if job.jobs <= 1 or len(items) < FEWEST_FILES_FOR_WORKERS:
        for item in items:
            yield item, _prepare(normalizer, repetition, item)
        return
    # Not fork: the translator's threads live in this process, and a forked copy of them does not.
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(job.jobs, context, _start_worker, (normalizer, repetition))
    try:
        queue = iter(items)
        waiting: deque[Any] = deque()

        def feed() -> None:
            for item in queue:
                waiting.append((item, pool.submit(_work, item)))
                if len(waiting) >= 4 * job.jobs:
                    return

        feed()
        while waiting:
            item, future = waiting.popleft()
            try:
                outcome: Document | Exception = future.result()
            except BrokenProcessPool:
                outcome = InputError(
                    "the process that worked on it died; it may need more memory than there is"
                )
                pool.shutdown(wait=False, cancel_futures=True)
                pool = ProcessPoolExecutor(job.jobs, context, _start_worker, (normalizer, repetition))
                # The others of the broken pool are not to blame: they start again.
                waiting = deque((other, pool.submit(_work, other)) for other, _ in waiting)
            yield item, outcome
            feed()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


# --- files that hold a document a row -----------------------------------------------------------


def _convert_table(job: Run, normalizer: Normalizer, item: Found, fingerprint: str) -> Done:
    """A `.jsonl`: the same rows with the field replaced, and one report that sums them up."""
    try:
        data_hash = _sha256(item.path)
        size = item.path.stat().st_size
        sums = _Sums(item.relative)
        if job.dry_run:
            for row in _rows_out(job, normalizer, item, sums):
                del row
            output = None
        else:
            digest = hashlib.sha256()
            target = output_path(item.relative, "jsonl")
            with atomic(job.clean / target) as file:
                for row in _rows_out(job, normalizer, item, sums):
                    line = (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "replace")
                    digest.update(line)
                    file.write(line)
            output = {"path": target, "sha256": digest.hexdigest()}
    except (NormalizeError, OSError) as error:
        return _failure(job, item.relative, error if isinstance(error, NormalizeError) else unexpected(error))
    report = sums.report(data_hash, size)
    report["output"] = output
    report["fingerprint"] = fingerprint
    if not job.dry_run:
        write_json(job.clean / report_path(item.relative), report)
    return Done(item.relative, report)


def document_of_row(line: str, number: int, name: str, field_name: str) -> tuple[dict[str, Any], Document]:
    """A row of a `.jsonl` and the document in it.

    Raises:
        InputError: The row is broken or has no text where it should.
    """
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"row {number} is broken JSON: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f"row {number} is no JSON object")
    text = row.get(field_name)
    if not isinstance(text, str):
        raise InputError(f"row {number} has no text in the field {field_name!r}")
    document = from_text(text, f"{name}#{number}")
    document.format = "jsonl"
    return row, document


def rows_out(
    normalizer: Normalizer, lines: Iterable[tuple[int, str]], name: str, field_name: str
) -> Iterator[tuple[dict[str, Any], Report]]:
    """Rows of JSON in, the same rows with the field replaced and a `report` out, in order.

    A broken row is kept as it was, under `raw`, with the error in its report.
    """
    rows: deque[tuple[int, dict[str, Any] | None, Exception | None, str]] = deque()

    def documents() -> Iterator[Document]:
        for number, line in lines:
            try:
                row, document = document_of_row(line, number, name, field_name)
                document = normalizer.prepared(document) if document.source.strip() else document
            except Exception as error:  # noqa: BLE001 - one bad row never stops a run
                rows.append((number, None, error, line))
                continue
            rows.append((number, row, None, line))
            yield document

    def broken() -> Iterator[tuple[dict[str, Any], Report]]:
        while rows and rows[0][1] is None:
            number, _, error, line = rows.popleft()
            report = failed(f"{name}#{number}", error or InputError("broken row"), fmt="jsonl")
            yield {"raw": line, "report": report}, report

    for result in normalizer.finished(documents()):
        yield from broken()
        _, row, _, line = rows.popleft()
        if row is None or result.report["error"]:
            yield {"raw": line, "report": result.report}, result.report
        else:
            yield {**row, field_name: result.text, "report": result.report}, result.report
    yield from broken()


def _rows_out(job: Run, normalizer: Normalizer, item: Found, sums: _Sums) -> Iterator[dict[str, Any]]:
    for row, report in rows_out(normalizer, read_rows(item.path), item.relative, job.field):
        sums.add(report)
        yield row


class _Sums:
    """The reports of the rows of a file, summed up."""

    def __init__(self, relative: str) -> None:
        self.relative = relative
        self.rows = 0
        self.spans: Counter[str] = Counter()
        self.removed: Counter[str] = Counter()
        self.letters: Counter[str] = Counter()
        self.conservation: Counter[str] = Counter()
        self.failures: list[dict[str, str]] = []

    def add(self, report: Report) -> None:
        self.rows += 1
        if report["error"]:
            self.failures.append({"path": report["source"]["path"], **report["error"]})
        self.spans.update(span["action"] for span in report["spans"])
        self.removed.update(entry["category"] for entry in report["removed"])
        self.conservation.update(report["conservation"])
        self.letters.update({lang: counts["letters"] for lang, counts in report["languages"].items()})

    def report(self, sha256: str, size: int) -> Report:
        report = failed(self.relative, InputError(""), size=size, sha256=sha256, fmt="jsonl")
        total = sum(self.letters.values())
        report["error"] = None
        if self.failures:
            first = self.failures[0]
            report["error"] = {
                "type": first["type"],
                "message": f"{len(self.failures)} of {self.rows} rows failed; the first: {first['message']}",
            }
        report["languages"] = {
            lang: {"letters": count, "share": round(count / total, 4)}
            for lang, count in self.letters.most_common()
        }
        report["conservation"] = {name: self.conservation[name] for name in report["conservation"]}
        report["rows"] = {
            "count": self.rows,
            "failures": self.failures,
            "spans": dict(self.spans),
            "removed": dict(self.removed),
        }
        return report


# --- one file's outcome -------------------------------------------------------------------------


def _written(job: Run, result: Result, fingerprint: str) -> Done:
    report = result.report
    relative = report["source"]["path"]
    report["fingerprint"] = fingerprint
    if job.dry_run or report["error"]:
        return (
            Done(relative, report)
            if job.dry_run
            else _failure(job, relative, InputError(report["error"]["message"]))
        )
    target = output_path(relative, job.settings.format)
    try:
        data = rendered(result.text, report, job.settings.format).encode("utf-8", "replace")
        report["output"] = {"path": target, "sha256": write_bytes(job.clean / target, data)}
        write_json(job.clean / report_path(relative), report)
    except (NormalizeError, OSError) as error:
        return _failure(job, relative, error if isinstance(error, NormalizeError) else unexpected(error))
    return Done(relative, report)


def _failure(job: Run, relative: str, error: Exception) -> Done:
    report = failed(relative, error, fmt=format_of(relative) or "")
    if not job.dry_run:
        # A full disk takes the report too; the summary and the messages still tell.
        with contextlib.suppress(NormalizeError, OSError):
            write_json(job.clean / report_path(relative), report)
    return Done(relative, report)


def _finished_before(job: Run, item: Found, fingerprint: str) -> Report | None:
    """The report of an earlier run that holds for this one: same source, same settings, output in place."""
    path = job.clean / report_path(item.relative)
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        if report.get("fingerprint") != fingerprint or report.get("error") or not report.get("output"):
            return None
        if _content_sha256(item) != report["source"]["sha256"]:
            return None
        if _sha256(job.clean / report["output"]["path"]) != report["output"]["sha256"]:
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, NormalizeError):
        return None
    return report if isinstance(report, dict) else None


def _content_sha256(item: Found) -> str:
    """As in the report: of the document's bytes, unpacked; for a table, of the file."""
    if format_of(item.relative) == "jsonl":
        return _sha256(item.path)
    from normalize.read.compressed import read_bytes

    return hashlib.sha256(read_bytes(item.path)).hexdigest()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(2**20):
            digest.update(chunk)
    return digest.hexdigest()


# --- the run as a whole -------------------------------------------------------------------------


def _fingerprint(job: Run) -> str:
    """What an output depends on beside its source."""
    from normalize.translate.packages import find

    settings = job.settings
    parts: dict[str, Any] = {
        "version": __version__,
        "translate": settings.translate,
        "strip": settings.strip_boilerplate,
        "keep": sorted(settings.keep),
        "drop": [_sha256(path) for path in settings.drop if path.is_file()],
        "rules": repr(settings.site_rules),
        "translator": [settings.translator, settings.base_url],
        "format": settings.format,
        "field": job.field,
    }
    if settings.translate and settings.translator == "argos":
        # Also refuses an unusable models folder before anything is done.
        parts["models"] = [package.sha256 for package in find(settings.models)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _count(summary: Summary, done: Done) -> None:
    report = done.report
    if report["error"]:
        summary.failures.append({"path": done.relative, **report["error"]})
    if done.skipped:
        summary.skipped += 1
    elif not report["error"] or report["output"]:
        summary.written += 1
    actions = Counter(span["action"] for span in report["spans"])
    removed = len(report["removed"])
    if rows := report.get("rows"):
        actions.update(rows["spans"])
        removed += sum(rows["removed"].values())
    summary.translated += actions["translated"]
    summary.paired += actions["paired"]
    summary.untranslated += actions["failed"]
    summary.removed += removed
    for lang, counts in report["languages"].items():
        summary.letters[lang] += counts["letters"]


def _run_report(job: Run, normalizer: Normalizer, summary: Summary) -> dict[str, Any]:
    total = sum(summary.letters.values())
    return {
        "schema": 1,
        "version": __version__,
        "python": platform.python_version(),
        "counts": {
            "files": summary.files,
            "written": summary.written,
            "skipped": summary.skipped,
            "failed": len(summary.failures),
            "spans_translated": summary.translated,
            "spans_paired": summary.paired,
            "spans_failed": summary.untranslated,
            "removed": summary.removed,
        },
        "languages": {
            lang: {"letters": count, "share": round(count / total, 4)}
            for lang, count in summary.letters.most_common()
        },
        "seconds": round(summary.seconds, 3),
        "settings": {
            "translate": job.settings.translate,
            "strip_boilerplate": job.settings.strip_boilerplate,
            "keep": sorted(job.settings.keep),
            "format": job.settings.format,
            "translator": job.settings.translator,
        },
        # The name tells which file it was; where it lies is nobody's business but this machine's.
        "models": [
            {**model, "path": Path(model["path"]).name}
            for model in (normalizer.translation.models_used() if job.settings.translate else [])
        ],
        "exit_status": int(summary.exit_code),
        "failures": summary.failures,
    }
