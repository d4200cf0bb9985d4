"""Composing the output: the changes applied, then one layout and one typography for all documents.

Everything is done on pieces (`normalize.pieces`), so that the report can tell what was done, and the
source can be had back.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from normalize.agreement import agreement
from normalize.document import FRONT_MATTER
from normalize.layout import glued, layout
from normalize.pieces import Piece, edited, text_of
from normalize.typography import typography

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normalize.document import Document, Repair
    from normalize.pieces import PieceKind


class Composed(NamedTuple):
    """An output body and the pieces that it consists of."""

    body: str
    pieces: list[Piece]


def compose(document: Document, *, markdown: bool = True, ending: str = "\n") -> Composed:
    """The output of a document whose changes are complete.

    Args:
        document: With its repairs, spans and removals.
        markdown: Whether headings are marked up.
        ending: What stands after the last line: a line end in a file, nothing in a field.
    """
    pieces = applied(document)
    pieces = edited(pieces, list(agreement(pieces)))
    pieces = edited(pieces, list(glued(text_of(pieces))))
    title = _title(document, pieces)
    pieces = edited(pieces, list(layout(text_of(pieces), title, markdown=markdown, ending=ending)))
    pieces = edited(pieces, list(typography(text_of(pieces))))
    return Composed(text_of(pieces), pieces)


def _title(document: Document, pieces: list[Piece]) -> tuple[int, int] | None:
    """Where the title stands in the output so far."""
    if document.title_range is None:
        return None
    start, end = document.to_source(*document.title_range)
    low = high = at = 0
    for piece in pieces:
        if piece.start <= start:
            low = at + (start - piece.start if piece.kind == "kept" and start < piece.end else 0)
        if piece.start < end:
            high = at + (min(len(piece.out), end - piece.start) if piece.kind == "kept" else len(piece.out))
        at += len(piece.out)
    return (low, high) if low < high else None


def applied(document: Document) -> list[Piece]:
    """The source as pieces, with repairs, removals and replaced spans in place; no layout yet.

    Where changes meet, a removal or a replaced span takes the repairs inside it along.
    """
    out: list[Piece] = []
    repairs = deque(document.repairs)
    at = 0
    for start, end, change in sorted(_changes(document), key=lambda row: row[:2]):
        low = max(at, start)  # both may have widened to the same repair
        if end < low or (end == low and start < low):
            continue
        out += _repaired(document.source, repairs, at, low)
        while repairs and repairs[0].end <= end and repairs[0].start < end:
            repairs.popleft()
        out.append(replace(change, start=low, end=end))
        at = end
    out += _repaired(document.source, repairs, at, len(document.source))
    return out


def _changes(document: Document) -> Iterator[tuple[int, int, Piece]]:
    """Removals and replaced spans, with their source offsets."""
    for index, removal in enumerate(document.removals):
        yield *document.to_source(removal.start, removal.end), Piece(0, 0, "", "removal", index=index)
    for index, span in enumerate(document.spans):
        if span.action == "kept":
            continue
        after = span.translation or ""
        if span.action == "failed":
            after = f"[untranslated {span.lang}: {document.text[span.start : span.end]}]"
        yield *document.to_source(span.start, span.end), Piece(0, 0, after, "span", index=index)


def _repaired(source: str, repairs: deque[Repair], at: int, end: int) -> Iterator[Piece]:
    """The pieces of `source[at:end]`, with the repairs that lie in it taken from the queue."""
    while repairs and repairs[0].end <= end:
        repair = repairs.popleft()
        if repair.start > at:
            yield Piece(at, repair.start, source[at : repair.start])
        kind: PieceKind = "removal" if repair.kind == FRONT_MATTER else "repair"
        yield Piece(repair.start, repair.end, repair.after, kind, repair.kind)
        at = repair.end
    if at < end:
        yield Piece(at, end, source[at:end])
