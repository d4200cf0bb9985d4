"""The output as a row of pieces, each tied to the stretch of source that it came from.

The pieces of a document tile its source: they are in order, they touch, and together they cover it.
What the output says is their `out`s joined. So an edit of the output can never lose track of the source,
letters can be counted by what became of them, and the source can be had back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PieceKind = Literal["kept", "repair", "removal", "span"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the source, `source[start:end]`, and what the output says in its place.

    `kind` says who decided: `kept` (verbatim), `repair`, `removal` or `span`. `label` is the kind of a
    repair; `index` points into the document's removals or spans.
    """

    start: int
    end: int
    out: str
    kind: PieceKind = "kept"
    label: str = ""
    index: int = -1


class Edit(NamedTuple):
    """Replace `output[start:end]` by `after`, for a reason (`label`)."""

    start: int
    end: int
    after: str
    label: str


def text_of(pieces: Iterable[Piece]) -> str:
    """What the pieces say."""
    return "".join(piece.out for piece in pieces)


def edited(pieces: Sequence[Piece], edits: Sequence[Edit]) -> list[Piece]:
    """Apply edits of the output to its pieces, in linear time.

    An edit that reaches over several pieces puts its text into the first one that may carry it and
    empties its share of the others, so that every piece keeps its own source. A removed piece stays
    empty whatever is done around it.

    Args:
        pieces: Pieces that tile a source.
        edits: In order, without overlap; offsets into `text_of(pieces)`.
    """
    done: list[Piece] = []
    queue = iter(edits)
    edit = next(queue, None)
    at = 0
    written = False
    for piece in pieces:
        end = at + len(piece.out)
        cuts: list[tuple[int, int, str, str]] = []
        while edit is not None and edit.start <= end:
            if edit.start == end and (edit.end > edit.start or end > at) and edit.start != at:
                # It begins where this piece ends: the next piece takes it, unless there is none.
                break
            carries = piece.kind != "removal"
            low, high = max(edit.start, at) - at, min(edit.end, end) - at
            if carries or high > low:
                cuts.append((low, high, "" if written or not carries else edit.after, edit.label))
                written = written or carries
            if edit.end > end or not written:
                break
            edit, written = next(queue, None), False
        done += _cut(piece, cuts)
        at = end
    if edit is not None and not written and edit.start >= at:
        done = _append(done, edit)
    return [piece for piece in done if piece.start < piece.end or piece.out]


def _append(pieces: list[Piece], edit: Edit) -> list[Piece]:
    """An insertion after everything: a piece of its own, with no source."""
    end = pieces[-1].end if pieces else 0
    return [*pieces, Piece(end, end, edit.after, "repair", edit.label)]


def _cut(piece: Piece, cuts: list[tuple[int, int, str, str]]) -> Iterator[Piece]:
    if not cuts:
        yield piece
        return
    if piece.kind != "kept":
        parts: list[str] = []
        at = 0
        for low, high, after, _ in cuts:
            parts += piece.out[at:low], after
            at = high
        yield replace(piece, out="".join(parts) + piece.out[at:])
        return
    at = 0
    for low, high, after, label in cuts:
        if low > at:
            yield Piece(piece.start + at, piece.start + low, piece.out[at:low])
        yield Piece(piece.start + low, piece.start + high, after, "repair", label)
        at = high
    if at < len(piece.out):
        yield Piece(piece.start + at, piece.end, piece.out[at:])


class Change(NamedTuple):
    """A report's account of one change: `source[start:end]` became `after`."""

    start: int
    end: int
    before: str
    after: str


def rebuild(output: str, changes: Iterable[Change]) -> str:
    """The source, from the output and the changes that led to it.

    Args:
        output: The composed text, without front matter.
        changes: All repairs, removals and replaced spans, without overlap.

    Raises:
        ValueError: The output does not say what the changes claim.
    """
    parts: list[str] = []
    source_at = output_at = 0
    for change in sorted(changes, key=lambda change: (change.start, change.end)):
        verbatim = change.start - source_at
        parts.append(output[output_at : output_at + verbatim])
        output_at += verbatim
        if not output.startswith(change.after, output_at):
            raise ValueError(f"the output does not hold {change.after!r} at {output_at}")
        output_at += len(change.after)
        parts.append(change.before)
        source_at = change.end
    parts.append(output[output_at:])
    return "".join(parts)
