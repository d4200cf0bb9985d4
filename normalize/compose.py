"""Composing the output: the changes applied, then one layout and one typography for all documents.

Everything is done on pieces (`normalize.pieces`), so that the report can tell what was done, and the
source can be had back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from normalize.document import FRONT_MATTER
from normalize.layout import glued, layout
from normalize.pieces import Piece, edited, text_of
from normalize.typography import typography

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normalize.document import Document


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
    """The source as pieces, with repairs, removals and replaced spans in place; no layout yet."""
    pieces = [*_repaired(document)]
    changes: list[tuple[int, int, str, str, int]] = [
        (removal.start, removal.end, "", "removal", index) for index, removal in enumerate(document.removals)
    ]
    for index, span in enumerate(document.spans):
        if "removed" in span.flags or span.action == "kept":
            continue
        if span.action == "failed":
            after = f"[untranslated {span.lang}: {document.text[span.start : span.end]}]"
        else:
            after = span.translation or ""
        changes.append((span.start, span.end, after, "span", index))
    changes.sort(key=lambda change: change[:2])
    out: list[Piece] = []
    at = 0
    kept = iter(pieces)
    piece = next(kept, None)
    # Walk pieces and changes together; `at` is the offset into the text where `piece` begins.
    for start, end, after, kind, index in changes:
        while piece is not None and at + len(piece.out) <= start:
            out.append(piece)
            at += len(piece.out)
            piece = next(kept, None)
        if piece is None:
            break
        if at < start:
            head, piece = _split(piece, start - at)
            if head is not None:
                out.append(head)
                at += len(head.out)
        source_start = piece.start
        source_end = source_start
        while piece is not None and at + len(piece.out) <= end:
            source_end = piece.end
            at += len(piece.out)
            piece = next(kept, None)
        if piece is not None and at < end:
            head, tail = _split(piece, end - at)
            if head is not None:
                source_end, at, piece = head.end, at + len(head.out), tail
            else:
                source_end, at = piece.end, at + len(piece.out)
                piece = next(kept, None)
        out.append(Piece(source_start, source_end, after, "removal" if kind == "removal" else "span", kind, index))
    while piece is not None:
        out.append(piece)
        piece = next(kept, None)
    return out


def _split(piece: Piece, offset: int) -> tuple[Piece | None, Piece]:
    """A piece cut in two; a repair cannot be cut, and goes as a whole to what comes after."""
    if piece.kind != "kept":
        return None, piece
    return (
        Piece(piece.start, piece.start + offset, piece.out[:offset]),
        Piece(piece.start + offset, piece.end, piece.out[offset:]),
    )


def _repaired(document: Document) -> Iterator[Piece]:
    at = 0
    for repair in document.repairs:
        if repair.start > at:
            yield Piece(at, repair.start, document.source[at : repair.start])
        kind = "removal" if repair.kind == FRONT_MATTER else "repair"
        yield Piece(repair.start, repair.end, repair.after, kind, repair.kind)  # type: ignore[arg-type]
        at = repair.end
    if at < len(document.source):
        yield Piece(at, len(document.source), document.source[at:])
