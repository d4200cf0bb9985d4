"""The English article before what stands in a foreign word's place: `a чланак` becomes `an article`.

Only an article that stands right before a replaced span is looked at; all else that the author wrote in
English stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from normalize.pieces import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from normalize.pieces import Piece

# What stands before a capital is looked at last, from the end alone: blank lines may go on for megabytes.
_ARTICLE = regex.compile(r"(?<![\p{L}\p{N}’'.-])an?(?=[ \t]$)|An?(?=[ \t]$)(?<=^An?|[.!?\n]\s*An?)")
_WORD = regex.compile(r"[“\"‘'(]?(\p{Lu}?\p{Ll}+)")
# Said with a consonant first though written with a vowel, and the other way round.
_CONSONANT = regex.compile(r"(?:eu|ewe|one(?!r)|once|ubiq|uni(?!n|m)|ura|uro|us[aeiu]|ut[ei](?!r))", regex.I)
_VOWEL = regex.compile(r"[aeiou]|(?:heir|honest|hono|hour)", regex.I)


def article(word: str) -> str:
    """The indefinite article of an English word, by its sound.

    >>> article("hour"), article("uniform"), article("uninformed")
    ('an', 'a', 'an')
    """
    return "an" if _VOWEL.match(word) and not _CONSONANT.match(word) else "a"


def agreement(pieces: Iterable[Piece]) -> Iterator[Edit]:
    """The edits that make an article agree with the replaced span after it."""
    at = 0
    before = ""
    for piece in pieces:
        if piece.kind == "span" and (word := _WORD.match(piece.out)):
            found = _ARTICLE.search(before)
            if found and (wanted := article(word[1])) != (stands := found.group()).lower():
                start = at - len(before)
                edit = (start + found.start(), start + found.end())
                yield Edit(*edit, stands[0] + wanted[1:], "article")
        before = piece.out if piece.kind == "kept" else ""
        at += len(piece.out)
