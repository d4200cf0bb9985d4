"""The report of a document: the same changes that made the output, written down.

The fields are the public contract (schema 1): adding one is fine, changing one is not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Any

import regex

from normalize.document import FRONT_MATTER
from normalize.identify import language_shares
from normalize.pieces import Change, rebuild

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from normalize.document import Document
    from normalize.pieces import Piece

SCHEMA = 1
Report = dict[str, Any]

_LINE_END = regex.compile(r"\r\n|\n|\r")
_FATES = ("kept", "translated", "paired", "removed", "failed")


def report_of(document: Document, pieces: Sequence[Piece]) -> Report:
    """The report of a finished document.

    Args:
        document: With all its changes.
        pieces: What `normalize.compose` made of them; they tile the source.
    """
    line_ends = [match.end() for match in _LINE_END.finditer(document.source)]

    def line(offset: int) -> int:
        return bisect_right(line_ends, offset) + 1

    outs: dict[int, str] = {}
    for piece in pieces:
        if piece.kind == "span":
            outs[piece.index] = outs.get(piece.index, "") + piece.out
    return {
        "schema": SCHEMA,
        "source": {
            "path": document.path,
            "bytes": document.bytes,
            "sha256": document.sha256,
            "encoding": document.encoding,
            "format": document.format,
            "extracted": document.extracted,
        },
        "output": None,
        "title": document.metadata.title,
        "date": document.metadata.date,
        "author": document.metadata.author,
        "languages": languages(document),
        "spans": [_span(document, index, outs, line) for index in range(len(document.spans))],
        "removed": _removed(document, pieces, line),
        "repairs": _repairs(document, pieces),
        "conservation": conservation(document, pieces),
        "flags": list(document.flags),
        "error": None,
    }


def failed(path: str, error: Exception, *, size: int = 0, sha256: str = "", fmt: str = "") -> Report:
    """The report of a file that could not be done."""
    return {
        "schema": SCHEMA,
        "source": {
            "path": path,
            "bytes": size,
            "sha256": sha256,
            "encoding": None,
            "format": fmt,
            "extracted": False,
        },
        "output": None,
        "title": None,
        "date": None,
        "author": None,
        "languages": {},
        "spans": [],
        "removed": [],
        "repairs": [],
        "conservation": dict.fromkeys(("source", *_FATES), 0),
        "flags": [],
        "error": {"type": type(error).__name__, "message": str(error)},
    }


def languages(document: Document) -> dict[str, dict[str, float]]:
    """Letters by language before translation, and their share; the largest first."""
    letters = language_shares(document.text, document.spans)
    total = sum(letters.values())
    return {
        lang: {"letters": count, "share": round(count / total, 4)}
        for lang, count in sorted(letters.items(), key=lambda item: (-item[1], item[0]))
        if count
    }


def conservation(document: Document, pieces: Sequence[Piece]) -> dict[str, int]:
    """Letters of the source by what became of them.

    Counted over the pieces that the output consists of, not over the lists of changes: a letter that no
    piece accounts for would break the sum, and a test would see it.
    """
    count: Counter[str] = Counter()
    for piece in pieces:
        letters = sum(map(str.isalpha, document.source[piece.start : piece.end]))
        if piece.kind == "removal":
            count["removed"] += letters
        elif piece.kind == "span":
            count[document.spans[piece.index].action] += letters
        else:
            count["kept"] += letters
    return {"source": sum(map(str.isalpha, document.source)), **{fate: count[fate] for fate in _FATES}}


def _span(document: Document, index: int, outs: Mapping[int, str], line: Any) -> dict[str, Any]:
    span = document.spans[index]
    start, end = document.to_source(span.start, span.end)
    translation = outs.get(index) if span.action == "translated" else None
    return {
        "start": start,
        "end": end,
        "line": line(start),
        "lang": span.lang,
        "script": span.script,
        "confidence": round(span.confidence, 3),
        "kind": span.kind,
        "action": span.action,
        "translation": translation,
        "model": span.model,
        "flags": list(span.flags),
    }


def _removed(document: Document, pieces: Sequence[Piece], line: Any) -> list[dict[str, Any]]:
    entries = []
    for piece in pieces:
        if piece.kind != "removal":
            continue
        if piece.label == FRONT_MATTER:
            category, rule = "other", "metadata:front-matter"
        else:
            removal = document.removals[piece.index]
            category, rule = removal.category, removal.rule
        entries.append(
            {
                "start": piece.start,
                "end": piece.end,
                "line": line(piece.start),
                "category": category,
                "rule": rule,
                "text": document.source[piece.start : piece.end],
            }
        )
    return entries


def _repairs(document: Document, pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    return [
        {
            "start": piece.start,
            "end": piece.end,
            "before": document.source[piece.start : piece.end],
            "after": piece.out,
            "kind": piece.label,
        }
        for piece in pieces
        if piece.kind == "repair" and document.source[piece.start : piece.end] != piece.out
    ]


def source_of(output: str, report: Report) -> str:
    """The source text, rebuilt from the output's body (without front matter) and its report.

    Works for every document in which no span was translated or dropped for its pair: the report holds
    no copy of their source.

    Raises:
        ValueError: The output and the report do not belong together, or a span was replaced.
    """
    changes = [Change(row["start"], row["end"], row["text"], "") for row in report["removed"]]
    changes += [Change(row["start"], row["end"], row["before"], row["after"]) for row in report["repairs"]]
    for span in report["spans"]:
        if span["action"] in {"translated", "paired"}:
            raise ValueError("a span was translated: its source is not in the report")
    return rebuild(output, changes)
