"""Layout and typography are uniform, and change what is uniform no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.layout import glued, layout
from normalize.pieces import Piece, edited, text_of
from normalize.typography import typography
from tests.cases import cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from normalize.pieces import Edit


def applied(text: str, *steps: Callable[[str], Iterable[Edit]]) -> str:
    pieces = [Piece(0, len(text), text)]
    for step in steps:
        pieces = edited(pieces, list(step(text_of(pieces))))
    return text_of(pieces)


@pytest.mark.parametrize("case", cases("layout"))
def test_layout(case: dict[str, Any]) -> None:
    assert applied(case["original"], glued, layout) == case["expected"]


@pytest.mark.parametrize("case", cases("typography"))
def test_typography(case: dict[str, Any]) -> None:
    assert applied(case["original"], typography) == case["expected"]


texts = st.lists(
    st.sampled_from(
        [
            "word",
            "Word",
            " ",
            "  ",
            "\n",
            "\n\n",
            ".",
            ",",
            '"',
            "'",
            "“",
            "”",
            "„",
            "- ",
            " -- ",
            "1",
            "# ",
            "* ",
            "| a |",
            "(",
            ")",
            "[",
            "]",
            "```\n",
            "east.Do",
            "中国。",
            "–",
            "a" * 60 + " b" * 30,
        ]
    )
).map("".join)


@given(texts)
def test_once_is_enough(text: str) -> None:
    once = applied(text, glued, layout, typography)
    assert applied(once, glued, layout, typography) == once


@given(texts)
def test_no_letter_is_lost_or_invented(text: str) -> None:
    once = applied(text, glued, layout, typography)
    assert [c for c in once if c.isalnum()] == [c for c in text if c.isalnum()]
