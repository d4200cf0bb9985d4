"""Pieces tile the source, whatever is done to the output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.pieces import Change, Edit, Piece, edited, rebuild, text_of


@st.composite
def sources_with_pieces(draw: st.DrawFn) -> tuple[str, list[Piece]]:
    source = draw(st.text("ab \n", min_size=1, max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=8)))
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, len(source)], strict=True):
        if start < end:
            kind = draw(st.sampled_from(["kept", "repair", "removal", "span"]))
            replacement = "" if kind == "removal" else draw(st.text("xy", max_size=3))
            pieces.append(Piece(start, end, source[start:end] if kind == "kept" else replacement, kind))
    return source, pieces


def edits_of(draw: st.DrawFn, length: int) -> list[Edit]:
    points = sorted(draw(st.lists(st.integers(0, length), max_size=8)))
    found: dict[int, Edit] = {}
    for start, end in zip(points[::2], points[1::2], strict=False):
        found.setdefault(start, Edit(start, end, draw(st.text("QR", max_size=2)), "layout"))
    return sorted(found.values())


@given(st.data())
def test_edits_reach_the_output_and_keep_the_source(data: st.DataObject) -> None:
    source, pieces = data.draw(sources_with_pieces())
    for _ in range(2):
        before = text_of(pieces)
        edits = data.draw(st.composite(edits_of)(len(before)))
        expected, at = [], 0
        for edit in edits:
            expected += before[at : edit.start], edit.after
            at = edit.end
        pieces = edited(pieces, edits)
        assert text_of(pieces) == "".join(expected) + before[at:]
        assert "".join(source[piece.start : piece.end] for piece in pieces) == source
        assert [piece.start for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]]
        assert all(not piece.out for piece in pieces if piece.kind == "removal")
    changes = [Change(p.start, p.end, source[p.start : p.end], p.out) for p in pieces if p.kind != "kept"]
    assert rebuild(text_of(pieces), changes) == source


def test_rebuild_notices_what_does_not_belong_together() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        rebuild("abc", [Change(1, 2, "x", "Q")])
