"""Writing outputs and reports: whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from typing import TYPE_CHECKING, Any

from normalize.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from normalize.report import Report

REPORTS = "_reports"
RUN_REPORT = "run.json"


def output_path(relative: str, fmt: str) -> str:
    """Where the output of a source goes, relative to the output folder.

    The source's whole name stays, so that `b.txt` and `b.html` do not collide.
    """
    if relative.lower().endswith(".jsonl"):
        return relative
    return f"{relative}.{'jsonl' if '.jsonl' in relative.lower()[-9:] else fmt}"


def report_path(relative: str) -> str:
    """Where the report of a source goes, relative to the output folder."""
    return f"{REPORTS}/{relative}.json"


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its place only when it is complete; until then an older one stays.

    Raises:
        OutputError: It cannot be written.
    """
    # Named before it exists: an interruption between making a file and noting its name would leave it.
    temporary = path.parent / f".normalize-{secrets.token_hex(8)}.tmp"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_bytes(path: Path, data: bytes) -> str:
    """Write a file atomically; returns the SHA-256 of its content."""
    with atomic(path) as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file atomically."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    write_bytes(path, (text + "\n").encode("utf-8", "replace"))


def rendered(text: str, report: Report, fmt: str) -> str:
    """The output file of a document: front matter and body, plain body, or a row of JSON."""
    if fmt == "txt":
        return text
    if fmt == "jsonl":
        row = {"text": text, "title": report["title"], "date": report["date"], "author": report["author"]}
        return (
            json.dumps({**row, "source": report["source"]["path"], "report": report}, ensure_ascii=False)
            + "\n"
        )
    return front_matter(report) + ("\n" + text if text else "")


def front_matter(report: Report) -> str:
    """YAML front matter. Strings are written as JSON strings, which are valid YAML whatever they hold."""
    fields: dict[str, Any] = {
        "title": report["title"],
        "date": report["date"],
        "author": report["author"],
        "source": report["source"]["path"],
        "source_sha256": report["source"]["sha256"],
    }
    lines = [f"{name}: {_scalar(name, value)}" for name, value in fields.items() if value]
    lines.append("languages:" + _shares(report["languages"]))
    return "---\n" + "\n".join(lines) + "\n---\n"


def _scalar(name: str, value: str) -> str:
    return (
        value
        if name in {"date", "source_sha256"}
        and value.isascii()
        and value.replace("-", "").isalnum()
        and not value.isdigit()
        else json.dumps(value, ensure_ascii=False)
    )


def _shares(languages: Mapping[str, Mapping[str, float]]) -> str:
    if not languages:
        return " {}"
    # Quoted: `no` is Norwegian here, and false in YAML.
    return "".join(f"\n  {json.dumps(lang)}: {counts['share']}" for lang, counts in languages.items())
