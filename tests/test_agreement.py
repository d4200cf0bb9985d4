"""The article before a replaced span."""

from __future__ import annotations

import pytest

from normalize.agreement import agreement, article
from normalize.pieces import Piece, edited, text_of


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("article", "an"),
        ("report", "a"),
        ("hour", "an"),
        ("house", "a"),
        ("honorary", "an"),
        ("union", "a"),
        ("uninteresting", "an"),
        ("unimportant", "an"),
        ("umbrella", "an"),
        ("user", "a"),
        ("European", "a"),
        ("one", "a"),
        ("Uzbek", "an"),
        ("utterance", "an"),
        ("utility", "a"),
    ],
)
def test_article(word: str, expected: str) -> None:
    assert article(word) == expected


def composed(before: str, source: str, after: str) -> str:
    pieces = [
        Piece(0, len(before), before),
        Piece(len(before), len(before) + len(source), after, "span", index=0),
    ]
    return text_of(edited(pieces, list(agreement(pieces))))


@pytest.mark.parametrize(
    ("before", "said", "expected"),
    [
        ("He wrote a ", "article", "He wrote an article"),
        ("He wrote an ", "report", "He wrote a report"),
        ("He wrote a ", "report", "He wrote a report"),
        ("A ", "article", "An article"),
        ("It is out. An ", "report", "It is out. A report"),
        ("Vitamin A ", "article", "Vitamin A article"),
        ("plan B, a ", "“old plan”", "plan B, an “old plan”"),
        ("He read a ", "BBC report", "He read a BBC report"),
        ("He read a ", "2022 report", "He read a 2022 report"),
        ("Nirvana ", "article", "Nirvana article"),
        ("a\n", "article", "a\narticle"),
        ("It is out.\n\n  A ", "article", "It is out.\n\n  An article"),
    ],
)
def test_agreement(before: str, said: str, expected: str) -> None:
    assert composed(before, "чланак", said) == expected


def test_article_that_the_author_wrote_before_english_stays() -> None:
    pieces = [Piece(0, 12, "He is a old ")]
    assert list(agreement(pieces)) == []


def test_megabytes_of_blank_lines_are_no_work() -> None:
    before = "\n" * 2_000_000 + "A "
    assert composed(before, "чланак", "article").endswith("\nAn article")
