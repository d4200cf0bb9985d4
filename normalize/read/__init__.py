"""Reading: a file becomes one or more documents.

`read_file` is the way in. Formats: plain text, Markdown, HTML, JSON lines, and gzip of each.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from normalize.errors import InputError
from normalize.read.compressed import read_bytes
from normalize.read.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from normalize.document import Document

FORMATS = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


def format_of(name: str) -> str | None:
    """The format that a file name promises (`a.html.gz` → `html`), None for a kind that is not read."""
    path = PurePosixPath(name)
    suffix = PurePosixPath(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix
    return FORMATS.get(suffix.lower())


def read_file(path: Path, relative: str, *, fmt: str | None = None) -> Document:
    """Read a file that holds one document.

    Args:
        path: Where the file is.
        relative: Its name in the report.
        fmt: Its format; judged by the name if None (plain text for an unknown one).

    Raises:
        InputError: It cannot be read, is empty or is no text.
    """
    return document_of(read_bytes(path), relative, fmt or format_of(relative) or "txt")


def document_of(data: bytes, relative: str, fmt: str) -> Document:
    """Turn the bytes of a file of one document into that document."""
    from normalize.document import Document

    source, encoding = decode(data, html=fmt == "html")
    if not source.strip():
        raise InputError("the file holds no text" if source else "the file is empty")
    document = Document(
        path=relative,
        source=source,
        format=fmt,
        encoding=encoding.name,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        flags=list(encoding.flags),
    )
    if fmt == "html":
        from normalize.read.html import extract

        document.source, document.metadata = extract(source)
        document.extracted = True
    elif fmt == "md":
        from normalize.read.markdown import front_matter

        front_matter(document)
    return document


def read_rows(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a `.jsonl` file that hold anything, numbered from 1.

    Raises:
        InputError: The file cannot be read or is no text.
    """
    source, _ = decode(read_bytes(path))
    if not source.strip():
        raise InputError("the file is empty")
    # Not splitlines(): JSON strings may hold U+2028 as it is.
    for number, line in enumerate(source.split("\n"), start=1):
        if line.strip():
            yield number, line
